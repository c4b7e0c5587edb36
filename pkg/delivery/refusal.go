package delivery

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/internal/waits"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// A destination refuses a credential in its answer to one message, and what looks like that may be meant for this message
// alone: a web firewall before the platform answers 403 to one text. So a channel is suspended only where nobody gets
// through, as far as is known: nothing was taken lately, or nothing since this contact was refused before, or since
// several contacts were. Where others are taken the message fails for itself: it is tried with growing pauses, and given
// up with its reason after [Config.RefusedAlone].

// refuse is what becomes of an entry whose credential was refused, by the answer. It is never given up because of the
// credential alone: then it waits, with the channel, until its validity ends.
func (s *sender) refuse(ctx context.Context, e *message, w *endpoint, v result.Result) lanes.Next {
	e.attempts++
	e.refusals++
	if s.outlasted(e, s.config.RefusedAlone) {
		s.bus.Logger().Warn("given up: refused while others are taken", "far", s.config.Far, "channel", s.channel, "key", e.key, "reason", v.Reason.String(), "err", v.Err)
		e.refused = &result.Result{Reason: reason.RefusedAlone.Because(v.Reason)}
		return s.giveWith(ctx, e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
	}
	// whether it is the credential or this message is judged by what the channel's other contacts hear
	s.mu.Lock()
	counts, suspends := s.gate.Refused(e.Lane, time.Since(s.takenAt) < fault.Lately)
	s.mu.Unlock()
	if suspends {
		s.suspend(ctx, w, v)
	}
	after := backoff(e.refusals)
	if counts {
		after = min(after, time.Second) // how long the channel is not asked is said by its suspension
	} else {
		s.bus.Logger().Warn("refused while others are taken, will be tried again", "far", s.config.Far, "channel", s.channel, "key", e.key, "reason", v.Reason.String(), "err", v.Err)
	}
	e.due, e.backed = time.Now().Add(after), 0
	e.stay = waits.Wait{Why: whyOf(v), Next: e.due, Failed: true}
	// what is refused for itself has an entry of its own; and what was meant to be sent was definitely not taken
	if e.stands || !counts {
		s.note(ctx, e)
	}
	next := e.staysFor(s.atMost(e, after))
	next.Bad = counts
	return next
}

// took notes that the destination took a message: the credential is good, and a suspension ends.
func (s *sender) took(ctx context.Context, e *message) {
	s.mu.Lock()
	s.taken++
	s.takenAt = time.Now()
	s.gate.Taken(e.Lane)
	s.mu.Unlock()
	s.resume(ctx)
}

// outlasted notes that an entry was not taken, and says whether it is to be given up for that: the destination has taken
// others between its tries for as long as within says.
func (s *sender) outlasted(e *message, within time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e.alone.Again(s.taken, now)
	return e.alone.Over(within, now)
}

// scopeOf is whom a wait concerns. One entry that is told to wait again and again, while others are taken in between,
// is told so for itself: it does not stop the channel any more. Otherwise one message could hold back all others of
// the channel, again and again.
func (s *sender) scopeOf(e *message, told result.Scope) result.Scope {
	if told == result.Contact {
		return told
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.waited.Again(s.taken, time.Now()); e.waited.Enough() {
		return result.Contact
	}
	return told
}
