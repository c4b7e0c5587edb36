package attachments

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// A contact's next words wait behind its attachment, so trying has bounds: a minute where the network is out of order, and less where
// the failure says so ([outcome.TemporaryFor]).
const (
	longest = time.Minute // for one attachment
	// Pauses between tries: the first, doubled up to the last.
	firstPause = 500 * time.Millisecond
	lastPause  = 15 * time.Second
)

// What finds no slot is looked at again later, and waits for one within a bound too: a partition is read no further while very many
// entries wait, and with it stand all its channels. In ten minutes a channel fetches 4,800 files that take a second each.
const (
	longestWait = 10 * time.Minute // for a slot, all of one attachment's together with the tries between
	// Pauses between looks: short at first, so that few that wait take a slot soon after it is free; then all have the same, so that
	// thousands do not look all the time, and those that came later take no slots from those that were there.
	shortLook = 100 * time.Millisecond // for the first two seconds
	longLook  = time.Second
)

// Tries are those of one attachment, by the process that works on its call: another process that takes over begins anew. The
// zero value has seen none. It belongs to one lane, and is not safe for concurrent use.
type Tries struct {
	began time.Time // of the first
	n     int       // begun so far
	asked time.Time // when there was no slot first
}

// wait notes that there is no slot, and says when to look again, and whether at all.
func (t *Tries) wait(now time.Time) (pause time.Duration, ok bool) {
	if t.asked.IsZero() {
		t.asked = now
	}
	waited := now.Sub(t.asked)
	pause = longLook
	if waited < 2*time.Second {
		pause = shortLook
	}
	return pause, waited < longestWait
}

// begin notes that a try begins.
func (t *Tries) begin(now time.Time) {
	if t.began.IsZero() {
		t.began = now
	}
	t.n++
}

// again says when to try again after a failure, and whether at all. The last try is at the end of the bound, not before it: a
// pause that would pass the end is cut. A refusal, and a refused credential, are final: the contact's next words must not wait for
// an operator. What the network asks to wait is waited for, within the bound.
func (t *Tries) again(f *outcome.Failure, now time.Time) (pause time.Duration, ok bool) {
	if f.Class == result.Rejected || f.Class == result.Suspended {
		return 0, false
	}
	within := longest
	if f.Within > 0 {
		within = min(within, f.Within)
	}
	// counted from the first try, so that slow answers count as much as pauses
	left := within - now.Sub(t.began)
	if left <= 0 {
		return 0, false
	}
	pause = lastPause
	if t.n < 10 {
		pause = min(firstPause<<(t.n-1), lastPause)
	}
	if f.Class == result.Waiting {
		pause = f.After
	}
	return min(max(pause, f.After), left), true
}
