package bus

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus/lanes"

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
		return r.end(s, e, r.conclude(e.context(r.hard), e, e.ended.result, e.ended.ref, e.ended.reason))
	}
	if e.refused != nil {
		return r.end(s, e, r.give(e, eventv1.Result_RESULT_FAILED, e.refused.Reason))
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
	before := Key(m.GetId(), m.GetGeneration(), part-1)
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
		if wait := max(r.contacts.take(laneOf(e.Event)), w.account.take()); wait > 0 {
			e.due, e.backed = time.Now().Add(wait), 0
			return wait
		}
	}
	return r.mayAsk(e) // last: whoever is told 0 by a suspended channel is the one who asks
}

// try sends once. It is not ended by a stop: what is being sent is finished, within the grace.
func (r *route) try(e *Entry, w *way) lanes.Next {
	e.Try++
	e.paid = false
	ctx, span := r.bus.startSpan(e.context(r.hard), "send", "EGRESS_"+r.delivery.Far, trace.SpanKindConsumer,
		attribute.String("messaging.message.id", e.key), attribute.Int("puente.attempt", int(e.attempts)+1))
	defer span.End()
	if w.Hold && !w.Keyed {
		if err := r.intend(ctx, e); err != nil {
			r.bus.log.Warn("not sent: its intent is not stored", "far", r.delivery.Far, "channel", r.Channel, "err", err)
			return again(e)
		}
	}
	sending, cancel := context.WithTimeout(ctx, r.delivery.SendTimeout)
	ref, v := w.Send(sending, e.Event)
	cancel()
	if v.Class != Sent {
		span.SetStatus(codes.Error, v.Reason)
		e.reason = v.Reason
	}
	log := r.bus.log.With("far", r.delivery.Far, "channel", r.Channel, "key", e.key, "attempt", e.attempts+1)
	if v.Class != Suspended && v.Class != Retry && v.Class != Uncertain {
		r.resume(ctx) // the far end answered the credential
	}
	if v.Class != Retry && v.Class != Uncertain {
		r.answered(e)
	}
	switch v.Class {
	case Sent:
		e.attempts++
		log.Debug("sent")
		next := r.conclude(ctx, e, eventv1.Result_RESULT_SENT, ref, "")
		next.Good = true
		return next
	case Rejected:
		e.attempts++
		e.refused = &v
		log.Warn("rejected", "reason", v.Reason, "err", v.Err)
		return r.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, v.Reason)
	case Waiting:
		log.Info("told to wait", "for", v.After, "err", v.Err)
		return r.wait(ctx, e, w, v)
	case Suspended:
		r.suspend(ctx, w, v)
		return lanes.Next{Keep: true, After: r.atMost(e, max(r.probeIn(), time.Second)), Bad: true}
	case Uncertain:
		e.attempts++
		log.Warn("not known whether it was taken", "err", v.Err)
		if w.Hold && !w.Keyed {
			e.refused = &Verdict{Reason: heldReason}
			r.failed(e)
			return r.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, heldReason)
		}
		if w.Receipt != nil && !w.Keyed {
			e.doubt = time.Now().Add(receiptWait)
		}
		return r.retry(ctx, e, v)
	default: // Retry
		e.attempts++
		log.Warn("not sent, will be tried again", "reason", v.Reason, "err", v.Err)
		return r.retry(ctx, e, v)
	}
}

// wait comes back exactly when told.
func (r *route) wait(ctx context.Context, e *Entry, w *way, v Verdict) lanes.Next {
	v.After = max(v.After, shortestWait)
	e.due, e.backed = time.Now().Add(v.After), 0
	switch v.Scope {
	case ScopeChannel:
		r.pause(v.After)
	case ScopeAccount:
		w.account.pause(v.After)
	}
	r.note(ctx, e)
	return lanes.Next{Keep: true, After: r.atMost(e, v.After)}
}

// shortestWait is for a far end that says "later" and means at once.
const shortestWait = 100 * time.Millisecond

// retry pauses ever longer, until the bound of the failure or the validity ends.
func (r *route) retry(ctx context.Context, e *Entry, v Verdict) lanes.Next {
	if v.Within > 0 {
		if e.first.IsZero() {
			e.first = time.Now()
		}
		if time.Since(e.first) >= v.Within {
			return r.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, expiredReason(v.Reason))
		}
	} else {
		e.first = time.Time{}
	}
	r.note(ctx, e)
	after := backoff(e.attempts)
	if !e.doubt.IsZero() {
		after = min(after, time.Second) // looked at for its receipt; not sent before the doubt ends
	}
	recoveries, down := r.recoveries(), false
	if v.Within == 0 { // what has a bound of its own is about the message, not about the far end
		recoveries, down = r.failed(e)
	}
	e.due, e.backed = time.Now().Add(after), recoveries
	return lanes.Next{Keep: true, After: r.atMost(e, after), Bad: down}
}

// Pauses between tries.
const (
	firstBackoff = time.Second
	lastBackoff  = 5 * time.Minute
)

// backoff is exponential with full jitter.
func backoff(attempts uint32) time.Duration {
	top := lastBackoff
	if attempts < 10 {
		top = min(firstBackoff<<(attempts-1), lastBackoff)
	}
	return 50*time.Millisecond + rand.N(top)
}

// atMost is a pause that ends when the entry's validity does.
func (r *route) atMost(e *Entry, pause time.Duration) time.Duration {
	return min(pause, max(r.validFor(e), time.Second))
}

// validFor is how long the entry may still be tried.
func (r *route) validFor(e *Entry) time.Duration {
	at := acceptedAt(e.Event)
	if at.IsZero() {
		at = e.stored
	}
	return time.Until(at.Add(r.delivery.Validity))
}

func acceptedAt(e *eventv1.Event) time.Time {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return k.Message.GetAcceptedAt().AsTime()
	case *eventv1.Event_Echo:
		return k.Echo.GetMessage().GetAcceptedAt().AsTime()
	case *eventv1.Event_Status:
		return k.Status.GetAcceptedAt().AsTime()
	default:
		return time.Time{}
	}
}

func expiredReason(last string) string {
	if last == "" {
		return "it could not be sent in time"
	}
	return "it could not be sent in time: " + last
}
