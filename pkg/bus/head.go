package bus

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// work acts on the head of a lane: everything that has to be known before it may be sent, then one try, then what
// follows from it.
func (r *route) work(ctx context.Context, s *queueSession, e *Entry) lanes.Next {
	if ctx.Err() != nil {
		return lanes.Next{Keep: true}
	}
	if !r.unit.may() {
		return held
	}
	if e.delivery == nil {
		e.delivery = r.remember(e.id)
	}
	if err := r.bus.load(ctx, e); errors.Is(err, ErrNotFound) {
		return s.finish(e)
	} else if err != nil && e.Body == nil {
		return again(e)
	} else if err != nil {
		return r.unfit(ctx, s, e, "the stored message cannot be read")
	}
	if e.id == "" {
		return r.unfit(ctx, s, e, "a message without a key")
	}
	if e.backed > 0 && e.backed != r.recoveries() {
		e.due, e.backed = time.Time{}, 0 // the far end is back: no reason to sit out a long pause
	}
	if wait := time.Until(e.due); wait > 0 { // woken for another reason
		return lanes.Next{Keep: true, After: wait}
	}
	if done, next := r.settled(ctx, e); done {
		return r.end(s, e, next)
	}
	if e.ended != nil {
		return r.end(s, e, r.conclude(e.context(r.hard), e, *e.ended))
	}
	if e.refused != nil {
		return r.end(s, e, r.give(e, eventv1.Result_RESULT_FAILED, e.refused.Reason))
	}
	if e.intended { // before its validity: that it may have been taken is the news
		return r.end(s, e, r.holdBack(e))
	}
	if left := r.validFor(e); left <= 0 {
		return r.end(s, e, r.give(e, eventv1.Result_RESULT_EXPIRED, expiredReason(e.reason)))
	}
	w := r.now()
	if w == nil {
		return r.end(s, e, r.missing(ctx, e))
	}
	if done, next := r.doubted(ctx, e, w); done {
		return r.end(s, e, next)
	}
	if r.bus.fill(ctx, "OUTCOMES_"+r.delivery.Far) > stopFrom {
		return lanes.Next{Keep: true, After: time.Second} // its outcome could not be stored
	}
	if wait := r.admit(e, w); wait > 0 {
		return lanes.Next{Keep: true, After: r.atMost(e, wait)}
	}
	if !r.unit.may() { // what came before took its time
		return held
	}
	return r.end(s, e, r.try(e, w))
}

// unfit buries what can have no outcome.
func (r *route) unfit(ctx context.Context, s *queueSession, e *Entry, reason string) lanes.Next {
	next := r.bus.burial(ctx, e, Hopeless(reason))
	if next.Keep {
		return next
	}
	return s.finish(e)
}

// end acknowledges what has its outcome.
func (r *route) end(s *queueSession, e *Entry, next lanes.Next) lanes.Next {
	if next.Keep {
		return next
	}
	r.forget(e.key)
	good := s.finish(e)
	good.Good, good.Bad = next.Good, next.Bad
	return good
}

// settled says that the entry needs no sending: its outcome is there already, or the part before it failed. Only what
// an earlier session may have acted on is looked up.
func (r *route) settled(ctx context.Context, e *Entry) (bool, lanes.Next) {
	if e.suspect {
		found, err := r.outcome(ctx, e.key)
		switch {
		case err == nil && final(found.GetResult()):
			r.finished.add(e.key, found.GetResult())
			return true, lanes.Next{}
		case err == nil:
			e.revision, e.attempts, e.reason = found.revision, found.GetAttempts(), found.GetReason()
			e.stands = found.GetResult() == eventv1.Result_RESULT_INTENT
			e.intended = e.stands && !found.GetAt().AsTime().Equal(e.intentAt)
		case ctx.Err() != nil:
			return true, lanes.Next{Keep: true}
		case !errors.Is(err, ErrNotFound):
			r.bus.log.Warn("outcome not read", "far", r.delivery.Far, "channel", r.Channel, "err", err)
			return true, again(e)
		}
		e.suspect = false
	}
	m := e.Event.GetMessage()
	part := m.GetPart().GetIndex()
	if part == 0 {
		return false, lanes.Next{}
	}
	before := topology.Key(m.GetId(), m.GetGeneration(), part-1)
	result, known := r.finished.get(before)
	if !known {
		found, err := r.outcome(ctx, before)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return true, again(e)
		}
		if err == nil {
			result = found.GetResult()
		}
	}
	if result == eventv1.Result_RESULT_FAILED || result == eventv1.Result_RESULT_EXPIRED {
		return true, r.give(e, eventv1.Result_RESULT_FAILED, "an earlier part of the message could not be sent")
	}
	return false, lanes.Next{}
}

// admit says how long the entry has to wait for a suspended channel or for its budgets; 0 means go.
func (r *route) admit(e *Entry, w *way) time.Duration {
	if !e.paid {
		e.paid = true
		if wait := max(r.contacts.take(laneOf(e.Event)), r.limiter.Reserve().Delay(), w.account.take()); wait > 0 {
			e.due, e.backed = time.Now().Add(wait), 0
			return wait
		}
	}
	return r.mayAsk(e) // last: whoever is told 0 by a suspended channel is the one who asks
}
