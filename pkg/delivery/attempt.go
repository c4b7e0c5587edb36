package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// try sends once. It is not ended by a stop: what is being sent is finished, within the grace.
func (s *sender) try(e *message, w *endpoint) lanes.Next {
	e.Try++
	e.paid = false
	ctx, span := s.bus.StartSpan(s.bus.About(e.Context(s.hard), e.Subject, e.Event), "send", topology.Egress(s.config.Far).Name, trace.SpanKindConsumer,
		attribute.String("messaging.message.id", e.key), attribute.Int("puente.attempt", int(e.attempts)+1))
	defer span.End()
	if w.Hold && !w.Keyed {
		if err := s.intend(ctx, e); err != nil {
			s.bus.Logger().Warn("not sent: its intent is not stored", "far", s.config.Far, "channel", s.channel, "err", err)
			return consume.Backoff(e.Try)
		}
	}
	sending, cancel := context.WithTimeout(ctx, s.config.SendTimeout)
	ref, v := w.Send(sending, e.Event)
	cancel()
	if v.Class != result.Sent {
		span.SetStatus(codes.Error, v.Reason)
		e.reason = v.Reason
	}
	attempt := e.attempts + 1
	log := func() *slog.Logger { // made where something is said: a send that goes well says nothing
		return s.bus.Logger().With("far", s.config.Far, "channel", s.channel, "key", e.key, "attempt", attempt)
	}
	s.asked()
	if v.Class == result.Sent {
		s.took(ctx, e)
	}
	if v.Class != result.Retry && v.Class != result.Uncertain {
		s.answered(e)
	}
	switch v.Class {
	case result.Sent:
		e.attempts++
		if s.bus.Logger().Enabled(ctx, slog.LevelDebug) {
			log().Debug("sent")
		}
		next := s.conclude(ctx, e, ending{result: eventv1.Result_RESULT_SENT, ref: ref, alias: v.Alias})
		next.Good = true
		return next
	case result.Rejected:
		e.attempts++
		e.refused = &v
		log().Warn("rejected", "reason", v.Reason, "err", v.Err)
		return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, v.Reason)
	case result.Waiting:
		log().Info("told to wait", "for", v.After, "err", v.Err)
		return s.wait(ctx, e, w, v)
	case result.Suspended:
		return s.refuse(ctx, e, w, v)
	case result.Uncertain:
		e.attempts++
		log().Warn("not known whether it was taken", "err", v.Err)
		if w.Hold && !w.Keyed {
			e.refused = &result.Result{Reason: heldReason}
			s.failed(e)
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, heldReason)
		}
		if w.Receipt != nil && !w.Keyed {
			e.uncertain = time.Now().Add(receiptWait)
		}
		return s.retry(ctx, e, v)
	default: // Retry
		e.attempts++
		log().Warn("not sent, will be tried again", "reason", v.Reason, "err", v.Err)
		return s.retry(ctx, e, v)
	}
}

// wait comes back exactly when told.
func (s *sender) wait(ctx context.Context, e *message, w *endpoint, v result.Result) lanes.Next {
	v.After = max(v.After, shortestWait)
	e.due, e.backed = time.Now().Add(v.After), 0
	switch s.scopeOf(e, v.Scope) {
	case result.Channel:
		s.pause(v.After)
	case result.Account:
		w.account.pause(v.After)
	}
	s.note(ctx, e)
	return lanes.Next{Keep: true, After: s.atMost(e, v.After)}
}

// shortestWait is for a destination that says "later" and means at once.
const shortestWait = 100 * time.Millisecond

// retry pauses ever longer, until the bound of the failure or the validity ends, or it is known that this one entry is
// at fault.
func (s *sender) retry(ctx context.Context, e *message, v result.Result) lanes.Next {
	if v.Within > 0 {
		if e.first.IsZero() {
			e.first = time.Now()
		}
		if time.Since(e.first) >= v.Within {
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, expiredReason(v.Reason))
		}
	} else {
		e.first = time.Time{}
		if s.outlasted(e, s.config.FailedAlone) {
			e.refused = &result.Result{Reason: aloneReason(v.Reason)}
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
		}
	}
	s.note(ctx, e)
	after := max(backoff(e.attempts), v.After)
	if !e.uncertain.IsZero() {
		after = min(after, time.Second) // looked at for its receipt; not sent while it is uncertain
	}
	recoveries, down := s.recoveries(), false
	if v.Within == 0 { // what has a bound of its own is about the message, not about the destination
		recoveries, down = s.failed(e)
	}
	if v.After > 0 {
		recoveries = 0 // what was told is kept to, whoever is answered meanwhile
	}
	e.due, e.backed = time.Now().Add(after), recoveries
	return lanes.Next{Keep: true, After: s.atMost(e, after), Bad: down}
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
