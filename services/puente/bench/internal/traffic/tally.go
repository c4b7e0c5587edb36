package traffic

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Tally counts what the far ends take of one phase.
type Tally struct {
	// Phase is the phase's number, Began when it began.
	Phase int
	Began time.Time

	at       []atomic.Int64 // of each message's first arrival, in nanoseconds since Began; 0 for none
	landed   chan int       // messages in the order they arrived
	count    atomic.Int64
	statuses atomic.Int64
	// wanted is how many statuses belong to the phase.
	wanted int64
	done   chan struct{} // closed when all is there
	closed atomic.Bool
}

// Expect begins a phase of n messages; told says that each has a status.
func (f *FarEnd) Expect(n int, told bool) *Tally {
	t := &Tally{Phase: f.Phase(), Began: time.Now(), at: make([]atomic.Int64, n), landed: make(chan int, n), done: make(chan struct{})}
	if told {
		t.wanted = int64(n)
	}
	f.current.Store(t)
	return t
}

func (t *Tally) arrived(number int) {
	if number < 0 || number >= len(t.at) || !t.at[number].CompareAndSwap(0, max(1, int64(time.Since(t.Began)))) {
		return // a repeat
	}
	t.count.Add(1)
	t.landed <- number // as much room as messages
	t.check()
}

func (t *Tally) told() {
	t.statuses.Add(1)
	t.check()
}

func (t *Tally) check() {
	if t.count.Load() >= int64(len(t.at)) && t.statuses.Load() >= t.wanted && t.closed.CompareAndSwap(false, true) {
		close(t.done)
	}
}

// Wait waits until all has arrived; the error says how much has.
func (t *Tally) Wait(ctx context.Context) error {
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d messages and %d of %d statuses arrived: %w", t.count.Load(), len(t.at), t.statuses.Load(), t.wanted, ctx.Err())
	}
}

// Arrivals are when the messages arrived, by their numbers, since Began; 0 for what has not.
func (t *Tally) Arrivals() []time.Duration {
	all := make([]time.Duration, len(t.at))
	for i := range t.at {
		all[i] = time.Duration(t.at[i].Load())
	}
	return all
}
