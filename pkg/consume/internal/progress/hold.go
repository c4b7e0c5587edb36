package consume

import (
	"context"
	"sync"
	"sync/atomic"
)

// holds counts what an entry still waits for before it is finished: the work on it, and each [Entry.Hold]. The zero value is
// that of an entry that is being worked on.
type holds struct {
	more     atomic.Int32 // those besides the work; -1 when all are over
	finished func()       // set before the work is over; called once
}

// Hold lets the handler return, and the entry's lane go on, while something that the entry caused is not stored yet: the entry
// is finished once it was worked on and release was called, which any goroutine may do. Until then the position does not pass
// it, so that after a crash it is handled again. It is for what a repeat of the entry does once more, such as an entry of
// the journal: it must not matter whether what is behind the entry in its lane comes before.
//
// release is called once for each call of Hold; or never, where it was not stored: then the next reader handles the entry again.
func (e *Entry) Hold() (release func()) {
	e.holds.more.Add(1)
	return e.holds.less
}

// less is the event "one of them is over".
func (h *holds) less() {
	if h.more.Add(-1) < 0 {
		h.finished()
	}
}

// finish is the event "the work on it is over". finished is called when nothing holds it any more, by whoever ended that.
func (h *holds) finish(finished func()) {
	h.finished = finished
	h.less()
}

// tally counts the entries that were worked on and are held. It is safe for concurrent use.
type tally struct {
	mu   sync.Mutex
	held int
	none chan struct{} // closed when there are none; nil while nobody waits
}

// add notes that so many more are held, or fewer.
func (t *tally) add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held += n; t.held == 0 && t.none != nil {
		close(t.none)
		t.none = nil
	}
}

// wait waits until no entry is held, or the context ends.
func (t *tally) wait(ctx context.Context) {
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
