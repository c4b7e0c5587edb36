package bus

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/lanes"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// try sends once. It is not ended by a stop: what is being sent is finished, within the grace.
func (r *route) try(e *Entry, w *way) lanes.Next {
	e.Try++
	e.paid = false
	ctx, span := r.bus.startSpan(r.bus.about(e.context(r.hard), e.Subject, e.Event), "send", "EGRESS_"+r.delivery.Far, trace.SpanKindConsumer,
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
	attempt := e.attempts + 1
	log := func() *slog.Logger { // made where something is said: a send that goes well says nothing
		return r.bus.log.With("far", r.delivery.Far, "channel", r.Channel, "key", e.key, "attempt", attempt)
	}
	r.asked()
	if v.Class == Sent {
		r.took(ctx, e)
	}
	if v.Class != Retry && v.Class != Uncertain {
		r.answered(e)
	}
	switch v.Class {
	case Sent:
		e.attempts++
		if r.bus.log.Enabled(ctx, slog.LevelDebug) {
			log().Debug("sent")
		}
		next := r.conclude(ctx, e, ending{result: eventv1.Result_RESULT_SENT, ref: ref, alias: v.Alias})
		next.Good = true
		return next
	case Rejected:
		e.attempts++
		e.refused = &v
		log().Warn("rejected", "reason", v.Reason, "err", v.Err)
		return r.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, v.Reason)
	case Waiting:
		log().Info("told to wait", "for", v.After, "err", v.Err)
		return r.wait(ctx, e, w, v)
	case Suspended:
		return r.refuse(ctx, e, w, v)
	case Uncertain:
		e.attempts++
		log().Warn("not known whether it was taken", "err", v.Err)
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
		log().Warn("not sent, will be tried again", "reason", v.Reason, "err", v.Err)
		return r.retry(ctx, e, v)
	}
}

// wait comes back exactly when told.
func (r *route) wait(ctx context.Context, e *Entry, w *way, v Verdict) lanes.Next {
	v.After = max(v.After, shortestWait)
	e.due, e.backed = time.Now().Add(v.After), 0
	switch r.scopeOf(e, v.Scope) {
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

// retry pauses ever longer, until the bound of the failure or the validity ends, or it is known that this one entry is
// at fault.
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
		if r.outlasted(e, r.delivery.FailedAlone) {
			e.refused = &Verdict{Reason: aloneReason(v.Reason)}
			return r.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
		}
	}
	r.note(ctx, e)
	after := max(backoff(e.attempts), v.After)
	if !e.doubt.IsZero() {
		after = min(after, time.Second) // looked at for its receipt; not sent before the doubt ends
	}
	recoveries, down := r.recoveries(), false
	if v.Within == 0 { // what has a bound of its own is about the message, not about the far end
		recoveries, down = r.failed(e)
	}
	if v.After > 0 {
		recoveries = 0 // what was told is kept to, whoever is answered meanwhile
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
