package integrity

import (
	"context"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// endTries bounds how often an outcome that others change is read again. It keeps End from going on without end.
const endTries = 10

// End ends a send that is missing with a final outcome o, once: where somebody has stored one meanwhile, that one
// stays, and that is no error. What went to the platform, and nobody can tell an agent about, is a dead letter too.
// It can be called again, and by several processes at once.
//
// [bus.ErrConflict] means that the outcome changed ten times while it was tried. After any error the send may have
// been ended all the same.
func End(ctx context.Context, b *bus.Bus, m Missing, o *eventv1.Outcome) error {
	subject := topology.OutcomeSubject(m.Far, m.Channel, m.Key())
	for range endTries {
		var e eventv1.Event
		revision, err := b.Read(ctx, subject, &e)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return err
		}
		// it was not missing after all, or somebody else has ended it
		if record.Final(e.GetOutcome().GetResult()) {
			return nil
		}
		// a message to the platform: the letter is stored first, so that no outcome stands there with nobody told. It
		// holds no body, for there is none
		if m.State == nil {
			err := deadletter.Bury(ctx, b, deadletter.Burial{Network: m.Network, Subject: topology.EgressSubject(m.Far, m.Channel), Key: m.Key(), Why: reason.FromProto(o.GetWhy(), o.GetReason())})
			if err != nil {
				return err
			}
		}
		_, err = b.Replace(ctx, subject, &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: o}}, revision, 0)
		if !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("end a missing message: %w", bus.ErrConflict)
}
