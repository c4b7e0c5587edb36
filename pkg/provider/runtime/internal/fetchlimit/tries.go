package fetchlimit

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// A contact's next words wait behind its attachment, so trying has bounds: a minute where the network is out of order,
// ten seconds where it says that there is no such file, which may be true of a moment only.
const (
	Longest = time.Minute      // for one attachment
	GoneFor = 10 * time.Second // where there is no such file
	// Pauses between tries: the first, doubled up to the last.
	FirstPause = 500 * time.Millisecond
	lastPause  = 15 * time.Second
)

// Tries are those of one attachment, by the process that works on its call: another process that takes over begins anew. The
// zero value has seen none. It belongs to one lane, and is not safe for concurrent use.
type Tries struct {
	began time.Time // of the first
	n     int       // begun so far
}

// N is how many have begun.
func (t *Tries) N() int { return t.n }

// Begin notes that a try begins.
func (t *Tries) Begin(now time.Time) {
	if t.began.IsZero() {
		t.began = now
	}
	t.n++
}

// Again says when to try again after a failure, and whether at all. The last try is at the end of the bound, not before it: a
// pause that would pass the end is cut. A refusal, and a refused credential, are final: the contact's next words must not wait for
// an operator. What the network asks to wait is waited for, within the bound.
func (t *Tries) Again(f *outcome.Failure, now time.Time) (pause time.Duration, ok bool) {
	if f.Class == result.Rejected || f.Class == result.Suspended {
		return 0, false
	}
	within := Longest
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
		pause = min(FirstPause<<(t.n-1), lastPause)
	}
	if f.Class == result.Waiting {
		pause = f.After
	}
	return min(max(pause, f.After), left), true
}
