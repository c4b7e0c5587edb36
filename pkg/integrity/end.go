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

// End stores the final outcome o of a missing send. If somebody has stored a final outcome meanwhile, that one stays, and End returns
// nil. For a message to the platform it stores a dead letter too, since no agent can be told of it. It can be called again, and by
// several processes at once.
//
// [bus.ErrConflict] means that the outcome changed ten times during the call. After any error the outcome may have been stored or not.
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
