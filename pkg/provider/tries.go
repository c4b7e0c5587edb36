package provider

import (
	"fmt"
	"time"
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

// tries are those of one attachment. The zero value has seen none.
type tries struct {
	began time.Time
	n     int
}

// begin notes that a try begins.
func (t *tries) begin(now time.Time) {
	if t.began.IsZero() {
		t.began = now
	}
	t.n++
}

// again says when to try again after a failure, and whether at all.
func (t *tries) again(f *Failure, now time.Time) (pause time.Duration, ok bool) {
	if f.Class == Rejected || f.Class == Suspended {
		return 0, false
	}
	within := fetchFor
	if f.Within > 0 {
		within = min(within, f.Within)
	}
	left := within - now.Sub(t.began)
	if left <= 0 {
		return 0, false
	}
	pause = lastFetchPause
	if t.n < 10 {
		pause = min(firstFetchPause<<(t.n-1), lastFetchPause)
	}
	if f.Class == Waiting {
		pause = f.After
	}
	return min(max(pause, f.After), left), true
}

// NoFile classifies an answer that holds no file, by its status: a refusal is believed after ten seconds, since a file
// may not be there yet, and a link that has expired is had anew with the next try; an outage is tried for a minute.
// reason is what the agent reads. Where a network says for good that a file is gone, it is for the network to [Reject].
func (s *Stream) NoFile(reason string) error {
	cause := fmt.Errorf("download: status %d", s.Status)
	switch {
	case s.Status == 408, s.Status == 425, s.Status == 429, s.Status >= 500:
		f := Classify(s.Err())
		if f.Class == Waiting {
			return Wait(f.After, f.Scope, cause)
		}
		return TemporaryAfter(f.After, reason, cause)
	default:
		return TemporaryFor(goneFor, reason, cause)
	}
}
