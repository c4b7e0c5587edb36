package translator

import (
	"context"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// An echo whose ref is not known is one of our own sends only where one to that contact is still open: put on its way,
// and its outcome not yet read. So of networks with echoes the last messages to each contact are remembered; whether they
// are open stands in their states, which are raised after the ref was written.

// lastSends is how many are remembered. A contact's messages end in their order, but outcomes may be read in another.
const lastSends = 4

// willSend remembers that a message goes to a contact, before it does.
func (t *Translator) willSend(ctx context.Context, m *messagev1.Message) error {
	subject := topology.OpenSubject(m.GetNetwork(), m.GetChannel(), t.nameKey(m.GetChannel(), m.GetContact().GetAddress()))
	return t.changeRecord(ctx, subject, func(last *indexv1.Mark) (bool, error) {
		if slices.ContainsFunc(last.GetOpen(), func(o *indexv1.Open) bool { return o.GetId() == m.GetId() }) {
			return false, nil
		}
		last.Open = append(last.Open, &indexv1.Open{Id: m.GetId()})
		last.Open = last.Open[max(len(last.Open)-lastSends, 0):]
		return true, nil
	})
}

// sending says whether a send to the contact that the platform calls so is open.
func (t *Translator) sending(ctx context.Context, network, channel, name string) (bool, error) {
	var last indexv1.Mark
	_, err := t.bus.Read(ctx, topology.OpenSubject(network, channel, t.nameKey(channel, name)), &last)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return false, err
	}
	for _, o := range slices.Backward(last.GetOpen()) {
		var s indexv1.State
		if _, err := t.bus.Read(ctx, topology.StateSubject(channel, o.GetId()), &s); err != nil && !errors.Is(err, bus.ErrNotFound) {
			return false, err
		}
		if slices.Contains(s.GetParts(), eventv1.Status_STATUS_UNSPECIFIED) {
			return true, nil
		}
	}
	return false, nil
}
