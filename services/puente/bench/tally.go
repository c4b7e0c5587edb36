package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// tally counts what the far ends take of one phase.
type tally struct {
	phase    int
	began    time.Time
	at       []atomic.Int64 // of each message's first arrival, in nanoseconds since began; 0 for none
	landed   chan int       // messages in the order they arrived
	count    atomic.Int64
	statuses atomic.Int64
	// wanted is how many statuses belong to the phase.
	wanted int64
	done   chan struct{} // closed when all is there
	closed atomic.Bool
}

// expect begins a phase of n messages; told says that each has a status.
func (b *bench) expect(n int, told bool) *tally {
	b.phases++
	t := &tally{phase: b.phases, began: time.Now(), at: make([]atomic.Int64, n), landed: make(chan int, n), done: make(chan struct{})}
	if told {
		t.wanted = int64(n)
	}
	b.far.current.Store(t)
	return t
}

func (t *tally) arrived(number int) {
	if number < 0 || number >= len(t.at) || !t.at[number].CompareAndSwap(0, max(1, int64(time.Since(t.began)))) {
		return // a repeat
	}
	t.count.Add(1)
	t.landed <- number // as much room as messages
	t.check()
}

func (t *tally) told() {
	t.statuses.Add(1)
	t.check()
}

func (t *tally) check() {
	if t.count.Load() >= int64(len(t.at)) && t.statuses.Load() >= t.wanted && t.closed.CompareAndSwap(false, true) {
		close(t.done)
	}
}

// wait waits until all has arrived.
func (t *tally) wait(ctx context.Context) error {
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d messages and %d of %d statuses arrived: %w", t.count.Load(), len(t.at), t.statuses.Load(), t.wanted, ctx.Err())
	}
}
