package translator

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"
	"github.com/bonychat/puente/services/translator/internal/journal"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// echoWait is how long a send's answer may take, and a bit: an echo of ours that is faster than its answer looks
// foreign until then.
const echoWait = 5 * time.Second

// echo takes what somebody of the business sent by other means to the platform. An echo of our own send is dropped.
func (t *Translator) echo(ctx context.Context, e *consume.Entry, echo *eventv1.Echo) error {
	m := echo.GetMessage()
	c, err := t.channel(ctx, e, m)
	if err != nil {
		return err
	}
	if echo.GetRef() != "" {
		ours, err := t.ours(ctx, c, m, echo.GetRef(), e.Read)
		if ours || err != nil {
			return err
		}
	}
	claim, err := t.index.ClaimInbound(ctx, e.Sequence, m)
	if err != nil {
		return err
	}
	if claim == record.Repeated {
		return t.repeated(ctx, e, journal.Entry(m, t.addressKey(m.GetChannel(), m.GetContact().GetAddress()), journalv1.Hop_HOP_REPEATED))
	}
	name, err := t.contactName(ctx, c, m.GetContact())
	if err != nil {
		return err
	}
	parts := posts(topology.Platform, m, name, fit.ForPlatform(m.GetContent()), claim == record.Resumed)
	for i := range parts {
		part := parts[i].Body.(*eventv1.Event).GetMessage()
		parts[i].Body = &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: part, Ref: echo.GetRef()}}}
	}
	return t.toPlatform(ctx, e, m, name, parts)
}

// ours says whether a send of ours returned the ref. Where no send to the contact is open, that is known at once; else no
// is said only when the send has had its time to return it.
func (t *Translator) ours(ctx context.Context, c directory.Channel, m *messagev1.Message, ref string, read time.Time) (bool, error) {
	if ours, err := t.refKnown(ctx, m, ref); ours || err != nil {
		return ours, err
	}
	network, err := t.declared.Of(m.GetNetwork())
	if err != nil {
		return false, err
	}
	name, err := t.contactName(ctx, c, m.GetContact())
	if err != nil {
		return false, err
	}
	open, err := t.index.Sending(ctx, m.GetNetwork(), m.GetChannel(), t.contacts.Key(m.GetChannel(), name))
	if err != nil {
		return false, err
	}
	// counted from when it was first read here too: after a pause of this service, the outcomes are behind as well
	from := m.GetAcceptedAt().AsTime()
	if read.After(from) {
		from = read
	}
	if wait := time.Until(from.Add(network.SendTimeout + echoWait)); open && wait > 0 {
		return false, consume.RetryAfter(min(wait, echoPause))
	}
	return t.refKnown(ctx, m, ref) // once more: a send that has ended meanwhile has left it
}

// echoPause is when an echo that waits for a send is looked at again.
const echoPause = 250 * time.Millisecond

// refKnown says whether a send of ours returned the ref.
func (t *Translator) refKnown(ctx context.Context, m *messagev1.Message, ref string) (bool, error) {
	_, err := t.index.Ref(ctx, m.GetNetwork(), m.GetChannel(), ref)
	if errors.Is(err, bus.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
