package translator

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/integrity"
	"github.com/bonychat/puente/pkg/reason"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// lostPause is after what a look for lost messages that failed is made again.
const lostPause = 10 * time.Second

// endLost ends what the store has lost before this start, so that nothing vanishes in silence: a message for a contact
// fails, a message for the platform becomes a dead letter, a status is told again. It runs beside everything else, once.
func (t *Translator) endLost(ctx context.Context) {
	for {
		err := t.lookForLost(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		t.log.Warn("the store could not be looked through for lost messages: it will be tried again", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(lostPause):
		}
	}
}

func (t *Translator) lookForLost(ctx context.Context) error {
	damaged, err := provision.FindDamage(ctx, t.bus)
	if err != nil {
		return err
	}
	for _, d := range damaged {
		t.log.Error("the store is damaged: what was taken and is lost ends as failed, or as a dead letter", "damage", d.String())
	}
	var outbound, inbound, statuses int
	err = integrity.Find(ctx, t.bus, func(m integrity.Missing) error {
		switch {
		case m.Status:
			statuses++
			return t.tell(ctx, m.Channel, m.ID, m.State, timestamppb.Now(), true)
		case m.State != nil:
			outbound++
			return t.failLost(ctx, m)
		default:
			inbound++
			return integrity.End(ctx, t.bus, m, outcomeOfLost(m, messagev1.Direction_DIRECTION_INBOUND, reason.LostInbound))
		}
	})
	if outbound+inbound+statuses > 0 {
		t.log.Error("the store has lost messages that were waiting: puente dead lists those from contacts, the agents are told of the others",
			"failed", outbound, "dead_letters", inbound, "statuses_told_again", statuses)
	}
	return err
}

// failLost ends a message for a contact, or a part of one.
func (t *Translator) failLost(ctx context.Context, m integrity.Missing) error {
	o := outcomeOfLost(m, messagev1.Direction_DIRECTION_OUTBOUND, reason.LostOutbound)
	o.Address, o.AcceptedAt = m.State.GetAddress(), m.State.GetAcceptedAt()
	if c, known := t.channels.get(m.Channel); known {
		if address, err := t.contacts.Address(ctx, c, o.GetAddress()); err == nil {
			o.Address = address // what its journal entries are found by
		}
	}
	return integrity.End(ctx, t.bus, m, o)
}

func outcomeOfLost(m integrity.Missing, direction messagev1.Direction, why reason.Reason) *eventv1.Outcome {
	return &eventv1.Outcome{
		Key: m.Key(), Id: m.ID, Generation: m.Generation, Part: m.Part, Parts: m.Parts, Network: m.Network, Channel: m.Channel,
		Result: eventv1.Result_RESULT_FAILED, Reason: why.String(), Why: why.Proto(), At: timestamppb.Now(), Direction: direction,
	}
}
