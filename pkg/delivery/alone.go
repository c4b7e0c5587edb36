package delivery

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
)

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

// again notes that the entry was not taken, after the channel had sent so many others.
func (a *alone) again(taken uint64, now time.Time) {
	if a.begun && taken > a.taken {
		if a.times++; a.times == 1 {
			a.since = now
		}
	}
	a.begun, a.taken = true, taken
}

// over says that this has gone on for so long that no other answer is to be expected.
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
// is told so for itself: it does not stop the channel any more.
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

// aloneReason is what is told of an entry that was given up while others were taken.
func aloneReason(last string) string {
	return "it was not taken, again and again, while other messages of the channel were: " + last
}
