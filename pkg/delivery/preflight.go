package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/waits"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// work acts on the head of a lane: everything that has to be known before it may be sent, then one try, then what
// follows from it. The queue calls it, for one message of a contact at a time, while the lease is valid.
func (s *sender) work(ctx context.Context, entry *consume.Entry) lanes.Next {
	// neither can have an outcome: one says to nobody what it is, the other has no key to store it under
	if entry.Event == nil {
		return consume.Bury(ctx, s.bus, entry, reason.UnreadableMessage)
	}
	if entry.ID == "" {
		return consume.Bury(ctx, s.bus, entry, reason.NoKey)
	}
	e := s.message(entry)
	next := s.preflight(ctx, e)
	// it has its outcome: nothing more has to be known of it
	if !next.Keep {
		if time.Since(e.Read) >= waits.Shortest {
			s.headEnded(e) // who is behind it is told what it was behind
		}
		s.forget(e.key)
		return next
	}
	if !e.stay.Why.IsZero() { // else it has only been looked up
		e.past.Met(e.stay, e.Stored, time.Now())
		e.SetNote(noteOf(e))
	}
	return next
}

// message is an entry with what is remembered of it. A new queue has a new entry and finds the same history.
func (s *sender) message(entry *consume.Entry) *message {
	h, ok := entry.State.(*history)
	if !ok {
		var fresh bool
		h, fresh = s.remember(entry.ID)
		entry.State = h
		if fresh && entry.Event != nil && time.Since(entry.Stored) >= waits.Shortest {
			s.headBegins(&message{entry, h}) // it was behind another until now
		}
	}
	return &message{entry, h}
}

// stopFrom is how full OUTCOMES_* may be for anything new to be sent, as a share of its room. What is under way needs
// the rest.
const stopFrom = 0.9

// preflight sends the message, or says why not, or not yet. The order of the questions matters: first what is known
// of the message already, then whether it may still be sent at all, last what costs something (a place in the rates,
// the turn of a probe), so that nobody pays and then does not send.
func (s *sender) preflight(ctx context.Context, e *message) lanes.Next {
	if e.backed > 0 && e.backed != s.recoveries() {
		// the destination is back: no reason to sit out a long pause
		e.due, e.backed = time.Time{}, 0
	}
	if e.Suspect {
		return s.lookUp(ctx, e)
	}
	if wait := time.Until(e.due); wait > 0 { // woken for another reason
		return e.staysFor(wait)
	}
	if done, next := s.partBefore(ctx, e); done {
		return next
	}
	// it was sent or given up, and only its outcome is missing: it must not be sent again
	if e.ended != nil {
		return s.conclude(e.Context(s.hard), e, *e.ended)
	}
	// it was given up, and its dead letter or its outcome could not be stored
	if e.refused != nil {
		return s.give(e, eventv1.Result_RESULT_FAILED, e.refused.Reason)
	}
	if e.intended { // before its validity: that it may have been taken is the news
		return s.holdBack(e)
	}
	if left := s.validFor(e); left <= 0 {
		return s.give(e, eventv1.Result_RESULT_EXPIRED, reason.Expired.Because(e.why))
	}
	// the endpoint is read once: a change meanwhile counts from the next try on
	w := s.now()
	if w == nil {
		return s.missing(ctx, e)
	}
	// nothing more can be found out of a send that is uncertain, or need be, but where the destination hands our id back
	if w.Receipt != nil && !w.Keyed && !w.Hold {
		if done, next := s.settleUncertain(ctx, e, w); done {
			return next
		}
	}
	if s.bus.Full(ctx, topology.Outcomes(s.config.Far).Name, stopFrom) {
		return e.stays(reason.StoreFull, time.Second) // its outcome could not be stored
	}
	if after, held := s.admit(e, w); after > 0 {
		e.stay = held
		return e.staysFor(s.atMost(e, after))
	}
	if !s.lease.Valid() { // what came before took its time
		return e.stays(reason.Takeover, 250*time.Millisecond)
	}
	e.past.Tried(time.Now())
	return s.try(e, w)
}

// lookUp finds out what became of an entry that another reader may have acted on. It costs a request, so that no other entry is looked
// up. It comes before all that an entry may have to wait for, and ends the turn: so all heads that an owner inherits are looked up before
// their sends begin, which may take long. An outcome is kept no longer than that takes (consume/internal/retention).
func (s *sender) lookUp(ctx context.Context, e *message) lanes.Next {
	found, err := s.outcome(ctx, e.key)
	switch {
	// somebody has ended it: it only has to leave the stream
	case err == nil && record.Final(found.GetResult()):
		s.finished.Add(e.key, found.GetResult())
		return lanes.Next{}
	// a record that is not final: the next write has to compare with it, and its tries count. An intent of
	// another process is not our own, which has another time
	case err == nil:
		e.revision, e.attempts, e.why = found.revision, found.GetAttempts(), reason.FromProto(found.GetWhy(), found.GetReason())
		e.stands = found.GetResult() == eventv1.Result_RESULT_INTENT
		if found.GetResult() == eventv1.Result_RESULT_WAITING {
			e.noted.Note(found.GetWhy().GetCode(), found.GetAt().AsTime())
		}
		if e.attempts > 0 {
			e.past.TriedBefore()
		}
		e.intended = e.stands && !found.GetAt().AsTime().Equal(e.intentAt)
	// also where there was one: a record that says that it waited may be purged before it is sent. Who once found another's intent
	// stays in doubt
	case errors.Is(err, bus.ErrNotFound):
		e.revision, e.stands = 0, false
	// the queue ended while it was asked
	case ctx.Err() != nil:
		return e.staysFor(0)
	default:
		s.bus.Logger().Warn("outcome not read", "far", s.config.Far, "channel", s.channel, "err", err)
		return e.away()
	}
	// known now, and not asked again unless a write of ours fails
	e.Suspect = false
	return e.staysFor(0)
}

// partBefore says that the part before this one failed, or that it cannot be found out yet whether it did. next is what becomes of the
// entry then.
func (s *sender) partBefore(ctx context.Context, e *message) (done bool, next lanes.Next) {
	m := e.Event.GetMessage()
	// The parts of a message are in one lane, so the one before has had its outcome. Where it was not sent, nobody
	// wants the rest.
	part := m.GetPart().GetIndex()
	if part == 0 {
		return false, lanes.Next{}
	}
	// the process remembers the last ones; an older one is read
	before := topology.Key(m.GetId(), m.GetGeneration(), part-1)
	result, known := s.finished.Get(before)
	if !known {
		found, err := s.outcome(ctx, before)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return true, e.away()
		}
		if err == nil {
			result = found.GetResult()
		}
	}
	if result == eventv1.Result_RESULT_FAILED || result == eventv1.Result_RESULT_EXPIRED {
		return true, s.give(e, eventv1.Result_RESULT_FAILED, reason.EarlierPart)
	}
	return false, lanes.Next{}
}

// admit says how long the entry has to wait for a channel that is held or for its budgets, and why; 0 means go. An entry
// takes its place in the three rates once for each try, and waits for the one that is longest: to ask anew each time it is
// woken would take a place each time. It takes none while the channel is held, and another one where its place has passed in
// a hold: else all that wait would go at once at its end.
func (s *sender) admit(e *message, w *endpoint) (time.Duration, waits.Wait) {
	if after, held := s.heldBy(e, false); after > 0 {
		return after, held
	}
	s.mu.Lock()
	passed := s.gate.Passed(e.place)
	s.mu.Unlock()
	if e.place.IsZero() || passed {
		wait, why := s.takePlaces(e, w)
		e.place = time.Now().Add(wait)
		if wait > 0 {
			e.due, e.backed = e.place, 0
			return wait, waits.Wait{Why: why, Next: e.place}
		}
	}
	return s.heldBy(e, true) // last: whoever is told 0 by a suspended channel is the one who asks
}

// heldBy is how long a send has to wait because of the channel, and why. ask says that the entry sends next if it is told 0.
func (s *sender) heldBy(e *message, ask bool) (time.Duration, waits.Wait) {
	s.mu.Lock()
	defer s.mu.Unlock()
	after, held := s.gate.Wait(e.Lane, time.Now(), s.config.SendTimeout, ask)
	return after, waits.Wait{Why: held.Why, Since: held.Since, Next: held.Until}
}

// takePlaces takes a place in each of the three rates, and says how long it is until the last of them, and whose that is.
func (s *sender) takePlaces(e *message, w *endpoint) (wait time.Duration, why reason.Reason) {
	wait, why = s.contacts.Take(e.Lane), reason.ContactRate
	if d := s.limiter.Reserve().Delay(); d > wait {
		wait, why = d, reason.ChannelRate
	}
	if d := w.account.Take(); d > wait {
		wait, why = d, reason.AccountRate
	}
	return wait, why
}

// atMost is a pause that ends when the entry's validity does, so that it expires in time. It is not made shorter than
// a second.
func (s *sender) atMost(e *message, pause time.Duration) time.Duration {
	return min(pause, max(s.validFor(e), time.Second))
}

// validFor is how long the entry may still be tried; 0 or less is over. What says nothing of its acceptance counts
// from when it was stored.
func (s *sender) validFor(e *message) time.Duration {
	at := consume.AcceptedAt(e.Event)
	if at.IsZero() {
		at = e.Stored
	}
	return time.Until(at.Add(s.config.Validity))
}
