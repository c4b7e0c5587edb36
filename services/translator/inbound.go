package translator

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/services/translator/fit"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// inbound takes a contact's message to the platform.
func (t *Translator) inbound(ctx context.Context, e *bus.Entry, m *messagev1.Message) error {
	c, err := t.channel(m.GetChannel())
	if err != nil {
		return err
	}
	claim, err := t.claimInbound(ctx, e.Sequence, m.GetNetwork(), m.GetChannel(), m.GetId())
	if err != nil {
		return err
	}
	if claim == repeated {
		return t.journal.write(ctx, entry(m, journalv1.Hop_HOP_REPEATED))
	}
	name, err := t.contactName(ctx, c, m.GetContact())
	if err != nil {
		return err
	}
	content, answered, err := t.answer(ctx, m)
	if err != nil {
		return err
	}
	written := t.journal.begin(ctx, accepted(m, "egress-"+m.GetNetwork()), entry(m, journalv1.Hop_HOP_ROUTED))
	if err := t.bus.PublishAll(ctx, posts(bus.Platform, m, name, fit.ForPlatform(content), claim == mine)); err != nil {
		return t.unroutable(err)
	}
	if answered {
		// only now: an earlier crash finds the replies still open and maps the answer the same way
		if err := t.closeReplies(ctx, m.GetChannel(), m.GetContact().GetAddress()); err != nil {
			return err
		}
	}
	return written(ctx)
}

// unroutable sends what the platform's backlog cannot take to the dead letters: one dead channel must not fill the
// store, nor hold back others.
func (t *Translator) unroutable(err error) error {
	if errors.Is(err, bus.ErrFull) {
		return bus.Hopeless("the channel's backlog towards the platform is full")
	}
	return err
}

// echoWait is how long a send's answer may take, and a bit: an echo of ours that is faster than its answer looks
// foreign until then.
const echoWait = 5 * time.Second

// echo takes what somebody of the business sent by other means to the platform. An echo of our own send is dropped.
func (t *Translator) echo(ctx context.Context, e *bus.Entry, echo *eventv1.Echo) error {
	m := echo.GetMessage()
	c, err := t.channel(m.GetChannel())
	if err != nil {
		return err
	}
	if echo.GetRef() != "" {
		var ref indexv1.Ref
		_, err := t.bus.Read(ctx, bus.RefSubject(m.GetNetwork(), m.GetChannel(), echo.GetRef()), &ref)
		if err == nil {
			return nil
		}
		if !errors.Is(err, bus.ErrNotFound) {
			return err
		}
		network, err := t.network(ctx, m.GetNetwork())
		if err != nil {
			return err
		}
		if wait := time.Until(m.GetAcceptedAt().AsTime().Add(network.SendTimeout + echoWait)); wait > 0 {
			return bus.Later(min(wait, time.Second))
		}
	}
	claim, err := t.claimInbound(ctx, e.Sequence, m.GetNetwork(), m.GetChannel(), m.GetId())
	if err != nil {
		return err
	}
	if claim == repeated {
		return t.journal.write(ctx, entry(m, journalv1.Hop_HOP_REPEATED))
	}
	name, err := t.contactName(ctx, c, m.GetContact())
	if err != nil {
		return err
	}
	written := t.journal.begin(ctx, accepted(m, "egress-"+m.GetNetwork()), entry(m, journalv1.Hop_HOP_ROUTED))
	all := posts(bus.Platform, m, name, fit.ForPlatform(m.GetContent()), claim == mine)
	for i := range all {
		part := all[i].Body.(*eventv1.Event).GetMessage()
		all[i].Body = &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: part, Ref: echo.GetRef()}}}
	}
	if err := t.bus.PublishAll(ctx, all); err != nil {
		return t.unroutable(err)
	}
	return written(ctx)
}
