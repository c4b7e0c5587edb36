package fault

import "time"

// Alone counts how often an entry was not taken while others of its channel were: then it is the entry that the destination
// does not take, and neither the credential nor the destination is at fault. The zero value has counted nothing.
type Alone struct {
	begun bool
	taken uint64    // what the channel had sent when the entry was last not taken
	times int       // how often others were taken between two of its tries
	since time.Time // when that was first seen
}

// aloneTimes is how often others have to be taken between an entry's tries, at least, before it is given up. An answer
// that was under way when a credential died counts once by mistake.
const aloneTimes = 3

// Again notes that the entry was not taken, after the channel had sent so many others in all. The first time says
// nothing: there is nothing to compare with.
func (a *Alone) Again(taken uint64, now time.Time) {
	if a.begun && taken > a.taken {
		if a.times++; a.times == 1 {
			a.since = now
		}
	}
	a.begun, a.taken = true, taken
}

// Over says that this has gone on for so long that no other answer is to be expected: others were taken three times
// in between, and within has passed since the first of these.
func (a *Alone) Over(within time.Duration, now time.Time) bool {
	return a.Enough() && now.Sub(a.since) >= within
}

// Enough says that others were taken often enough in between, however long that took.
func (a *Alone) Enough() bool { return a.times >= aloneTimes }
