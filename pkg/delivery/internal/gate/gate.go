// Package gate says whether a channel may be sent to now, and why not: an operator has paused it, its credential is refused, the
// destination asked to wait, or the destination fails. It asks nobody and stores nothing; whoever tells it what has happened does.
//
//	if wait, held := g.Wait(lane, time.Now(), timeout, true); wait > 0 { … }
//
// How much may be sent in a time is the business of package rates.
package gate

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/circuit"
	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/reason"
)

// Hold is why a channel is not sent to, and when. The zero value is none.
type Hold struct {
	Why reason.Reason
	// Since is when it began. Until is when it ends, or is looked at again; zero where that is not known.
	Since, Until time.Time
}

// Gate is what is known of one channel. A pause, a suspension, a wait and an open breaker do not know of each other: the
// channel goes on when there is none of them. It has no lock: who has it guards it.
type Gate struct {
	// paused quotes the operator; nil while the channel is not paused.
	paused *Hold
	// suspended is nil while the credential is not refused, and probes is when it is asked for again.
	suspended *Suspension
	probes    probes
	// told is the wait that the destination asked for: nothing starts before it is over.
	told Hold
	// heldUntil is when the channel was last held, by whichever of these.
	heldUntil time.Time
	// breaker and refused tell a message that is at fault from a destination or a credential that is.
	breaker circuit.Breaker
	refused fault.Refusals
}

// New is a gate that is open.
func New() Gate { return Gate{breaker: circuit.New()} }

// pauseWait is how often a message of a paused channel is looked at: the end of a pause wakes all, and in between it is looked
// at for its validity alone.
const pauseWait = time.Hour

// Wait is how long a contact's message has to wait because of the channel, and why: 0 while the channel is well, and for the one
// that probes it. Until is when the message is to be looked at again. ask says that it is sent next if it is told 0: the others
// wait for its answer then, for patience at most.
func (g *Gate) Wait(lane string, now time.Time, patience time.Duration, ask bool) (time.Duration, Hold) {
	if p := g.paused; p != nil {
		// the operator's words are for other operators, and what a message waits for is told to agents
		return pauseWait, Hold{reason.Paused, p.Since, p.Until}
	}
	if wait := g.told.Until.Sub(now); wait > 0 {
		return wait, g.told
	}
	if g.suspended != nil {
		if wait := g.probeIn(lane, now, patience, ask); wait > 0 {
			return wait, Hold{g.suspended.why(), g.suspended.Since, now.Add(wait)}
		}
	}
	if g.breaker.Open() {
		if wait := g.breaker.Wait(lane, now, patience, ask); wait > 0 {
			return wait, Hold{reason.DoesNotAnswer, g.breaker.Since(), now.Add(wait)}
		}
	}
	return 0, Hold{}
}

// Held is how the channel is held as a whole at a time, by whichever of the four comes first; zero where by none.
func (g *Gate) Held(now time.Time) Hold {
	switch h := g.Standing(); {
	case g.paused != nil:
		return h
	case g.suspended != nil:
		h.Until = g.probes.next
		return h
	case now.Before(g.told.Until):
		return g.told
	case g.breaker.Open():
		return Hold{reason.DoesNotAnswer, g.breaker.Since(), g.breaker.NextAsk()}
	default:
		return Hold{}
	}
}

// Standing is the pause, with the operator's words, or else the suspension: what outlives the process. It is zero where there is
// neither.
func (g *Gate) Standing() Hold {
	switch {
	case g.paused != nil:
		return *g.paused
	case g.suspended != nil:
		return Hold{Why: g.suspended.why(), Since: g.suspended.Since}
	default:
		return Hold{}
	}
}

// Passed says that a place in the rates, which was for a moment, has passed unused while the channel was held.
func (g *Gate) Passed(place time.Time) bool { return !place.After(g.heldUntil) }

// Fresh says that a new gate would know as much.
func (g *Gate) Fresh(now time.Time) bool {
	return g.paused == nil && g.suspended == nil && !now.Before(g.told.Until) && g.breaker.Fresh() && g.refused.Fresh()
}

// Pause has an operator hold the channel, and says whether it was not paused before.
func (g *Gate) Pause(h Hold) (begins bool) {
	begins = g.paused == nil
	g.paused = &h
	return begins
}

// Unpause ends the pause, and says whether there was one.
func (g *Gate) Unpause(now time.Time) (was bool) {
	if g.paused == nil {
		return false
	}
	g.paused, g.heldUntil = nil, now
	return true
}

// Paused says that an operator holds the channel.
func (g *Gate) Paused() bool { return g.paused != nil }

// Tell notes that the destination asked to wait until then. Of two waits the one that ends later stands.
func (g *Gate) Tell(why reason.Reason, now, until time.Time) {
	if !until.After(g.told.Until) {
		return
	}
	if now.After(g.told.Until) {
		g.told.Since = now
	}
	g.told.Until, g.told.Why, g.heldUntil = until, why, until
}

// Await takes over a wait that was told to others of the account before.
func (g *Gate) Await(told Hold) {
	if told.Until.After(g.told.Until) {
		g.told, g.heldUntil = told, told.Until
	}
}

// Told is the wait that the destination last asked for, also where it is over.
func (g *Gate) Told() Hold { return g.told }

// Failed notes that the destination failed with a contact's message. down says that it may be down, opened that this is known
// from now on.
func (g *Gate) Failed(lane string, now time.Time) (down, opened bool) {
	was := g.breaker.Open()
	down = g.breaker.Failed(lane, now)
	return down, down && !was
}

// Answered notes that the destination answered a contact's message, be it that it refused, and says whether it was down before.
func (g *Gate) Answered(lane string, now time.Time) (closed bool) {
	if closed = g.breaker.Answered(lane); closed {
		g.heldUntil = now
	}
	return closed
}

// Failing says that several contacts failed in a row, and nobody was answered since.
func (g *Gate) Failing() bool { return g.breaker.Open() }

// Recoveries is how often the destination came back so far, from 1.
func (g *Gate) Recoveries() int { return g.breaker.Recoveries() }
