package progress

import (
	"context"
	"sync"
	"sync/atomic"
)

// Holds counts what an entry still waits for before it is finished: the work on it, and each call of [Holds.More]. The zero value is
// that of an entry that is being worked on.
type Holds struct {
	more     atomic.Int32 // those besides the work; -1 when all are over
	finished func()       // set before the work is over; called once
}

// More counts one more. What it returns is called once when that is over, by any goroutine; or never.
func (h *Holds) More() (over func()) {
	h.more.Add(1)
	return h.less
}

// less is the event "one of them is over".
func (h *Holds) less() {
	if h.more.Add(-1) < 0 {
		h.finished()
	}
}

// Finish is the event "the work on it is over". It is called once; finished is called when nothing holds it any more, by whoever ended that.
func (h *Holds) Finish(finished func()) {
	h.finished = finished
	h.less()
}

// Tally counts the entries that were worked on and are held. It is safe for concurrent use.
type Tally struct {
	mu   sync.Mutex
	held int
	none chan struct{} // closed when there are none; nil while nobody waits
}

// Add notes that so many more are held, or fewer.
func (t *Tally) Add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held += n; t.held == 0 && t.none != nil {
		close(t.none)
		t.none = nil
	}
}

// Wait waits until no entry is held, or the context ends.
func (t *Tally) Wait(ctx context.Context) {
	t.mu.Lock()
	if t.held == 0 {
		t.mu.Unlock()
		return
	}
	if t.none == nil {
		t.none = make(chan struct{})
	}
	none := t.none
	t.mu.Unlock()
	select {
	case <-none:
	case <-ctx.Done():
	}
}
