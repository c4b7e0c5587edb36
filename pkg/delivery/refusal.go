package delivery

import (
	"context"
	"time"

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

// refusals are the contacts that were refused. The zero value is ready; the channel's mutex guards it.
type refusals struct {
	// lanes are those that were refused since something was last taken.
	lanes map[string]bool
	// apart are those that were refused while others were taken: they say nothing of the channel until they are
	// taken.
	apart map[string]bool
	// last is who was refused last; "" for nobody since something was taken.
	last string
}

const (
	// suspendAt is how many contacts have to be refused in a row where something was taken lately.
	suspendAt = 5
	// takenLately is how long one message that was taken says that the credential is good.
	takenLately = time.Minute
	// lanesKept bounds the contacts that are remembered.
	lanesKept = 1000
)

// refused notes a refusal of a contact. lately says that the channel's last message was taken within takenLately.
// counts says that the refusal says something of the channel, suspends that nobody gets through. The lock is held, as
// for taken.
func (f *refusals) refused(lane string, lately bool) (counts, suspends bool) {
	// it is known that this contact is refused while others are taken
	if lately && f.apart[lane] {
		return false, false
	}
	// the same contact was refused again, with nothing taken in between
	again := f.lanes[lane]
	if f.lanes == nil {
		f.lanes = map[string]bool{}
	}
	if len(f.lanes) < lanesKept {
		f.lanes[lane] = true
	}
	f.last = lane
	return true, !lately || again || len(f.lanes) >= suspendAt
}

// taken notes that a contact's message was taken: the credential is good, so who was refused before was refused for
// itself.
func (f *refusals) taken(lane string) {
	for other := range f.lanes {
		if f.apart == nil {
			f.apart = map[string]bool{}
		}
		if len(f.apart) < lanesKept {
			f.apart[other] = true
		}
	}
	delete(f.apart, lane)
	f.lanes, f.last = nil, ""
}

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
	counts, suspends := s.refused.refused(e.Lane, time.Since(s.takenAt) < takenLately)
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
	e.stay = stay{why: whyOf(v), next: e.due, failed: true}
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
	s.refused.taken(e.Lane)
	s.mu.Unlock()
	s.resume(ctx)
}

// alone counts how often an entry was not taken while others of its channel were: then it is the entry that the destination
// does not take, and neither the credential nor the destination is at fault. The zero value has counted nothing.
type alone struct {
	begun bool
	taken uint64    // what the channel had sent when the entry was last not taken
	times int       // how often others were taken between two of its tries
	since time.Time // when that was first seen
}

// aloneTimes is how often others have to be taken between an entry's tries, at least, before it is given up. An answer
// that was under way when a credential died counts once by mistake.
const aloneTimes = 3

// again notes that the entry was not taken, after the channel had sent so many others in all. The first time says
// nothing: there is nothing to compare with.
func (a *alone) again(taken uint64, now time.Time) {
	if a.begun && taken > a.taken {
		if a.times++; a.times == 1 {
			a.since = now
		}
	}
	a.begun, a.taken = true, taken
}

// over says that this has gone on for so long that no other answer is to be expected: others were taken three times
// in between, and within has passed since the first of these.
func (a *alone) over(within time.Duration, now time.Time) bool {
	return a.times >= aloneTimes && now.Sub(a.since) >= within
}

// outlasted notes that an entry was not taken, and says whether it is to be given up for that: the destination has taken
// others between its tries for as long as within says.
func (s *sender) outlasted(e *message, within time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	e.alone.again(s.taken, now)
	return e.alone.over(within, now)
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
	if e.waited.again(s.taken, time.Now()); e.waited.times >= aloneTimes {
		return result.Contact
	}
	return told
}
