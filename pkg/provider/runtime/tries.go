package runtime

import (
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// A contact's next words wait behind its attachment, so trying has bounds: a minute where the network is out of order,
// ten seconds where it says that there is no such file, which may be true of a moment only.
const (
	fetchFor = time.Minute
	goneFor  = 10 * time.Second
	// Pauses between tries: the first, doubled up to the last.
	firstFetchPause = 500 * time.Millisecond
	lastFetchPause  = 15 * time.Second
)

// tries are those of one attachment, by the process that works on its call: another process that takes over begins anew. The
// zero value has seen none. It belongs to one lane, and is not safe for concurrent use.
type tries struct {
	began time.Time // of the first
	n     int       // begun so far
}

// begin notes that a try begins.
func (t *tries) begin(now time.Time) {
	if t.began.IsZero() {
		t.began = now
	}
	t.n++
}

// again says when to try again after a failure, and whether at all. The last try is at the end of the bound, not before it: a
// pause that would pass the end is cut. A refusal, and a refused credential, are final: the contact's next words must not wait for
// an operator. What the network asks to wait is waited for, within the bound.
func (t *tries) again(f *outcome.Failure, now time.Time) (pause time.Duration, ok bool) {
	if f.Class == result.Rejected || f.Class == result.Suspended {
		return 0, false
	}
	within := fetchFor
	if f.Within > 0 {
		within = min(within, f.Within)
	}
	// counted from the first try, so that slow answers count as much as pauses
	left := within - now.Sub(t.began)
	if left <= 0 {
		return 0, false
	}
	pause = lastFetchPause
	if t.n < 10 {
		pause = min(firstFetchPause<<(t.n-1), lastFetchPause)
	}
	if f.Class == result.Waiting {
		pause = f.After
	}
	return min(max(pause, f.After), left), true
}
