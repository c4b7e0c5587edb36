package record

import (
	"context"
	"slices"

	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Some networks echo every message of an account, our own sends too. An echo whose ref is unknown may be one of our sends whose
// outcome was not read yet. To tell, the last messages to each contact are remembered before they are sent: only while one
// of them is on its way can the echo be ours. Whether one is on its way, its state says, which is advanced after its ref was linked.

// lastSends is how many are remembered. A contact's messages end in their order, but outcomes may be read in another.
const lastSends = 4

// NoteSend remembers that a message is about to be sent to a contact. contact is a digest. Of each contact the last 4 are remembered.
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

// Sending says whether one of the last messages to a contact, a digest, is still on its way.
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
