package record

import (
	"context"
	"slices"

	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Of networks with echoes the last messages to each contact are remembered before they go. An echo whose ref is not known can
// be one of our own sends only while one of these is on its way: put on its way, and its outcome not yet read. Whether it is
// stands in its state, which is advanced after the ref was linked.

// lastSends is how many are remembered. A contact's messages end in their order, but outcomes may be read in another.
const lastSends = 4

// NoteSend remembers that a message goes to a contact, by its digest, before it does.
func (ix *Index) NoteSend(ctx context.Context, network, channel, contact, id string) error {
	err := change(ctx, ix.store, topology.OpenSubject(network, channel, contact), Keep, func(_ bool, last *indexv1.Mark) (bool, error) {
		return noteSend(last, id), nil
	})
	return about(err, "last sends on channel %s", channel)
}

func noteSend(last *indexv1.Mark, id string) (write bool) {
	if slices.ContainsFunc(last.GetOpen(), func(o *indexv1.Open) bool { return o.GetId() == id }) {
		return false
	}
	last.Open = append(last.Open, &indexv1.Open{Id: id})
	last.Open = last.Open[max(len(last.Open)-lastSends, 0):]
	return true
}

// Sending says whether one of the last messages to a contact is still on its way.
func (ix *Index) Sending(ctx context.Context, network, channel, contact string) (bool, error) {
	var last indexv1.Mark
	_, err := ix.store.Read(ctx, topology.OpenSubject(network, channel, contact), &last)
	if err = unlessNotFound(err); err != nil {
		return false, about(err, "last sends on channel %s", channel)
	}
	for _, o := range slices.Backward(last.GetOpen()) {
		var s indexv1.State
		_, err := ix.store.Read(ctx, topology.StateSubject(channel, o.GetId()), &s)
		if err = unlessNotFound(err); err != nil {
			return false, about(err, "state of message %s", o.GetId())
		}
		if slices.Contains(s.GetParts(), waiting) {
			return true, nil
		}
	}
	return false, nil
}
