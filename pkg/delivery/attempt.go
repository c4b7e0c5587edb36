package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/delivery/internal/waits"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// try sends once, and decides by what became of it what follows. It is not ended by a stop: what is being sent is
// finished, within the grace.
//
// What was taken, or never will be, ends here with its outcome. Everything else keeps the message at the head of its
// lane, so that none of its contact overtakes it. An unknown class is handled as [result.Retry].
func (s *sender) try(e *message, w *endpoint) lanes.Next {
	e.Try++
	// its place in the rates is used up, whatever comes of the try
	e.place = time.Time{}
	ctx, span := s.bus.StartSpan(s.bus.About(e.Context(s.hard), e.Subject, e.Event), "send", topology.Egress(s.config.Far).Name, trace.SpanKindConsumer,
		attribute.String("messaging.message.id", e.key), attribute.Int("puente.attempt", int(e.attempts)+1))
	defer span.End()
	// first the intent, then the send: see uncertain.go
	if w.Hold && !w.Keyed {
		if err := s.intend(ctx, e); err != nil {
			s.bus.Logger().Warn("not sent: its intent is not stored", "far", s.config.Far, "channel", s.channel, "err", err)
			return e.away()
		}
	}
	failpoint.ToSend.Reach()
	sending, cancel := context.WithTimeout(ctx, s.config.SendTimeout)
	begun := time.Now()
	ref, v := w.Send(sending, e.Event)
	cancel()
	took := time.Since(begun)
	s.tried(took)
	s.bus.Meter().Tried(ctx, s.config.Far, v.Class.String(), took)
	if v.Class != result.Sent {
		span.SetStatus(codes.Error, v.Reason.String())
		e.why = v.Reason
	}
	log := func() *slog.Logger { return s.tryLog(e, v) }
	s.asked()
	if v.Class == result.Sent {
		failpoint.Sent.Reach()
		s.took(ctx, e)
	}
	// a refusal and a wait are answers too: the destination is there
	if v.Class != result.Retry && v.Class != result.Uncertain {
		s.answered(e)
	}
	switch v.Class {
	case result.Sent:
		e.attempts++
		next := s.conclude(ctx, e, ending{result: eventv1.Result_RESULT_SENT, ref: ref, alias: v.Alias})
		next.Good = true
		return next
	// remembered before it is stored, as for what is held: it is not sent again
	case result.Rejected:
		e.attempts++
		e.refused = &v
		log().WarnContext(ctx, "rejected", "reason", v.Reason.String(), "err", v.Err)
		next := s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, v.Reason)
		next.Answered = true
		return next
	// no try is spent: the destination only said when to come back
	case result.Waiting:
		log().InfoContext(ctx, "told to wait", "for", v.After, "err", v.Err)
		return s.wait(ctx, e, w, v)
	case result.Suspended:
		return s.refuse(ctx, e, w, v)
	case result.Uncertain:
		e.attempts++
		log().WarnContext(ctx, "not known whether it was taken", "err", v.Err)
		s.doubted(ctx, w)
		if w.Hold && !w.Keyed {
			// remembered before it is stored: should that fail, it must not be sent again
			e.refused = &result.Result{Reason: reason.NotRepeated}
			s.failed(e)
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, reason.NotRepeated)
		}
		if w.Receipt != nil && !w.Keyed {
			e.uncertain = time.Now().Add(receiptWait)
		}
		return s.retry(ctx, e, v)
	default: // Retry
		e.attempts++
		log().WarnContext(ctx, "not sent, will be tried again", "reason", v.Reason.String(), "err", v.Err)
		return s.retry(ctx, e, v)
	}
}

// wait comes back exactly when told. Whom else it holds back is the answer's to say: only the contact, the channel,
// or all channels of the account. The try does not count.
func (s *sender) wait(ctx context.Context, e *message, w *endpoint, v result.Result) lanes.Next {
	v.After = max(v.After, shortestWait)
	e.due, e.backed = time.Now().Add(v.After), 0
	why := whyOf(v)
	e.stay = waits.Wait{Why: why, Next: e.due}
	switch s.scopeOf(e, v.Scope) {
	case result.Channel:
		s.HoldOff(v.After, why)
	case result.Account:
		w.account.HoldOff(v.After, why)
	}
	s.note(ctx, e)
	return e.staysFor(s.atMost(e, v.After))
}

// shortestWait is for a destination that says "later" and means at once: it is not asked in a tight loop.
const shortestWait = 100 * time.Millisecond

// retry pauses ever longer, until the bound of the failure or the validity ends, or it is known that this one entry
// is at fault. Within of the result is the bound; failures that have one are about the message, and say nothing of
// the destination.
func (s *sender) retry(ctx context.Context, e *message, v result.Result) lanes.Next {
	if v.Within > 0 {
		if e.first.IsZero() {
			e.first = time.Now()
		}
		if time.Since(e.first) >= v.Within {
			e.refused = &result.Result{Reason: reason.Expired.Because(v.Reason)} // also where its dead letter cannot be stored yet
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
		}
	} else {
		// a failure without a bound came in between: the bound begins anew
		e.first = time.Time{}
		if s.outlasted(e, s.config.FailedAlone) {
			e.refused = &result.Result{Reason: reason.RefusedAlone.Because(v.Reason)}
			return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
		}
	}
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
	e.stay = waits.Wait{Why: whyOf(v), Next: e.due, Failed: true}
	// the journal says why it waits, and an intent that stands is replaced
	s.note(ctx, e)
	next := e.staysFor(s.atMost(e, after))
	next.Bad = down
	return next
}

// Pauses between tries.
const (
	firstBackoff = time.Second
	lastBackoff  = 5 * time.Minute
)

// backoff is exponential with full jitter: 50 ms and up to 1 s after the first try, up to twice as much after each
// further one, up to 5 minutes. Without jitter all that failed together would come back together. attempts counts
// from 1.
func backoff(attempts uint32) time.Duration {
	top := lastBackoff
	if attempts < 10 {
		top = min(firstBackoff<<(attempts-1), lastBackoff)
	}
	return 50*time.Millisecond + rand.N(top)
}

// tryLog is where one try is told: at level debug, where a line has told the same already or the outcome's line will.
func (s *sender) tryLog(e *message, v result.Result) *slog.Logger {
	log := s.bus.Logger().With("far", s.config.Far, "channel", s.channel, "key", e.key, "attempt", e.attempts)
	first, loud := e.noted.None(), false
	switch v.Class {
	case result.Sent, result.Rejected:
	case result.Waiting:
		loud = first
	default:
		if loud = first; v.Within == 0 { // else it is about this message alone
			s.mu.Lock()
			loud = s.outage.Failed(first, time.Now())
			s.mu.Unlock()
		}
	}
	if loud {
		return log
	}
	return slog.New(quiet{log.Handler()})
}

// quiet tells everything at level debug.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, _ slog.Level) bool {
	return q.Handler.Enabled(ctx, slog.LevelDebug)
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return q.Handler.Handle(ctx, r)
}
