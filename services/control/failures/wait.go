package failures

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	"github.com/bonychat/puente/services/control/auth"
)

// awaited is what was brought back and whose outcome is waited for.
type awaited struct {
	failure  *controlv1.Failure
	contact  string   // stands for whom it is to; "" for nobody
	twice    bool     // it may arrive twice
	subjects []string // where the outcomes of its parts will stand
	worst    *eventv1.Outcome
}

// lookEvery is how often outcomes are looked for.
const lookEvery = 500 * time.Millisecond

// far is where a group is sent to: to its network, or to the platform.
func (g group) far() string {
	if k := g.letters[0].Kind; k == deadletter.Inbound || k == deadletter.Echo {
		return topology.Platform
	}
	return g.letters[0].Network
}

// await is where the outcome of a group can be seen; nil where it cannot, as with a call: what it holds is not known here.
func await(g group) *awaited {
	far := g.far()
	a := &awaited{failure: g.failure, contact: g.contact}
	for _, key := range deadletter.Next(g.letters) {
		a.subjects = append(a.subjects, topology.OutcomeSubject(far, g.letters[0].Channel, key))
	}
	if len(a.subjects) == 0 {
		return nil
	}
	return a
}

// wait tells what became of each, as it is known, and after so many seconds, or when nobody is there any more who waits, that the
// others still wait.
func (s *Service) wait(ctx context.Context, open []*awaited, seconds uint32, t *teller) error {
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	called, cancel := auth.WhileCalled(ctx)
	defer cancel()
	for len(open) > 0 && time.Now().Before(end) && called.Err() == nil {
		var left []*awaited
		for _, a := range open {
			over, err := s.over(ctx, a)
			if err != nil {
				return err
			}
			if !over {
				left = append(left, a)
				continue
			}
			if err := t.tell(a.outcome(), a.contact); err != nil {
				return err
			}
		}
		if open = left; len(open) == 0 {
			return nil
		}
		_ = pause.For(called, min(lookEvery, max(time.Until(end), time.Millisecond)))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for _, a := range open {
		o := &controlv1.ReplayOutcome{Failure: a.failure, Result: controlv1.ReplayResult_REPLAY_RESULT_WAITS, Why: a.worst.GetWhy(), MayArriveTwice: a.twice}
		if err := t.tell(o, a.contact); err != nil {
			return err
		}
	}
	return nil
}

// over looks for the outcomes that are not known yet.
func (s *Service) over(ctx context.Context, a *awaited) (bool, error) {
	var left []string
	for _, subject := range a.subjects {
		var e eventv1.Event
		if _, err := s.Bus.Read(ctx, subject, &e); err != nil && !errors.Is(err, bus.ErrNotFound) {
			return false, err
		}
		switch o := e.GetOutcome(); o.GetResult() {
		case eventv1.Result_RESULT_SENT:
		case eventv1.Result_RESULT_FAILED, eventv1.Result_RESULT_EXPIRED:
			a.worst = o
		default:
			left = append(left, subject)
			if o != nil && a.worst == nil {
				a.worst = o
			}
		}
	}
	a.subjects = left
	return len(left) == 0, nil
}

// outcome is what became of a group all of whose outcomes are known.
func (a *awaited) outcome() *controlv1.ReplayOutcome {
	switch a.worst.GetResult() {
	case eventv1.Result_RESULT_FAILED, eventv1.Result_RESULT_EXPIRED:
		why := reason.FromProto(a.worst.GetWhy(), a.worst.GetReason())
		return &controlv1.ReplayOutcome{Failure: a.failure, Result: controlv1.ReplayResult_REPLAY_RESULT_FAILED_AGAIN, Why: why.Proto(), MayArriveTwice: a.twice}
	default:
		return &controlv1.ReplayOutcome{Failure: a.failure, Result: controlv1.ReplayResult_REPLAY_RESULT_SENT, MayArriveTwice: a.twice}
	}
}
