package translator

import (
	"context"
	"log/slog"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/internal/contacts"
	"github.com/bonychat/puente/services/translator/internal/journal"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Open is a translator that does nothing by itself: a test has it do one thing after the other, and one of them twice,
// as after a crash. It follows the declarations until the context ends.
func Open(ctx context.Context, b *bus.Bus) (*Translator, error) {
	list, err := directory.List(ctx, b)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	t := &Translator{bus: b, log: log, journal: journal.New(b), contacts: contacts.New(b, log), index: record.New(b)}
	t.channels.set(list)
	go func() { _ = t.declared.Follow(ctx, b) }()
	for _, c := range list {
		for {
			if _, err := t.declared.Of(c.Network); err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
	}
	return t, nil
}

// Handle handles what is on MESSAGES at this sequence.
func (t *Translator) Handle(ctx context.Context, sequence uint64, e *eventv1.Event) error {
	defer t.journal.Settle(ctx)
	return t.handle(ctx, &consume.Entry{Sequence: sequence, Event: e})
}

// Outcome records what is on OUTCOMES at this sequence.
func (t *Translator) Outcome(ctx context.Context, far string, sequence uint64, o *eventv1.Outcome) error {
	defer t.journal.Settle(ctx)
	return t.outcome(ctx, &consume.Entry{Subject: topology.OutcomeSubject(far, o.GetChannel(), o.GetKey()), Sequence: sequence}, o, &sending{})
}

// Receipt records what is on OUTCOMES at this sequence.
func (t *Translator) Receipt(ctx context.Context, sequence uint64, r *eventv1.Receipt) error {
	return t.receipt(ctx, &consume.Entry{Sequence: sequence}, r)
}

// The halves of both, to be put in any order.

func (t *Translator) EarlyReceipt(ctx context.Context, o *eventv1.Outcome, ref string) (*indexv1.Early, error) {
	return t.pendingReceipt(ctx, o, ref, 1)
}

func (t *Translator) RefAfterEarly(ctx context.Context, r *eventv1.Receipt) (*indexv1.Ref, error) {
	return t.pend(ctx, r)
}
