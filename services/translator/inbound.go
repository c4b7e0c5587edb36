package translator

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"
	"github.com/bonychat/puente/services/translator/internal/contacts"
	"github.com/bonychat/puente/services/translator/internal/journal"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// inbound takes a contact's message to the platform.
func (t *Translator) inbound(ctx context.Context, e *consume.Entry, m *messagev1.Message) error {
	c, err := t.channel(ctx, e, m)
	if err != nil {
		return err
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
	content, answered, err := t.answer(ctx, m, name)
	if err != nil {
		return err
	}
	if err := t.toPlatform(ctx, e, m, name, posts(topology.Platform, m, name, fit.ForPlatform(content), claim == record.Resumed)); err != nil {
		return err
	}
	return answered(ctx)
}

// contactName is what the platform calls a contact that wrote.
func (t *Translator) contactName(ctx context.Context, c directory.Channel, contact *messagev1.Contact) (string, error) {
	network, err := t.declared.Of(c.Network)
	if err != nil {
		return "", err
	}
	name, err := t.contacts.Name(ctx, c, contact, network.Confirms.Aliases != "")
	if nameless, ok := errors.AsType[contacts.Nameless](err); ok {
		return "", dead{nameless.Why}
	}
	return name, err
}

// toPlatform puts the parts of a message on their way to the platform. What its backlog cannot take goes to the dead
// letters: one dead channel must not fill the store, nor hold back others.
func (t *Translator) toPlatform(ctx context.Context, e *consume.Entry, m *messagev1.Message, name string, parts []bus.Post) error {
	contact := t.contacts.Key(m.GetChannel(), name)
	failpoint.Claimed.Reach()
	err := t.bus.PublishAll(ctx, parts)
	if errors.Is(err, bus.ErrFull) {
		return dead{reason.PlatformFull}
	}
	if err != nil {
		t.journal.HeldUp(ctx, m, contact)
		return err
	}
	failpoint.OnItsWay.Reach()
	return t.journal.Note(ctx, e, journal.Routed(m, contact, len(parts)))
}
