package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/shard"
)

// window is how many entries of one partition may be read and not finished: their bodies are in memory.
const window = 8192

// position knows how far the entries of a stream are finished: the position passes an entry only when all before it
// are finished too. So a reader that begins behind it misses nothing. It is safe for concurrent use: one goroutine
// begins entries, many finish them.
type position struct {
	mu sync.Mutex
	// open are the entries that were begun and that the position has not passed, in the stream's order.
	open []uint64
	// done are those among them that are finished, and wait for one before them.
	done map[uint64]bool
	// last is the last entry that was passed: the position itself.
	last uint64
	// changed is closed, and replaced, when there is room again.
	changed chan struct{}
}

// newPosition is a position behind the entry that was passed last, 0 for none.
func newPosition(last uint64) *position {
	return &position{last: last, done: map[uint64]bool{}, changed: make(chan struct{})}
}

// begin notes that an entry was read. Entries are begun in the stream's order.
func (p *position) begin(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, seq)
}

// finish notes that an entry is finished, and moves the position over all that follow on from it.
func (p *position) finish(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[seq] = true
	for len(p.open) > 0 && p.done[p.open[0]] {
		p.last = p.open[0]
		delete(p.done, p.last)
		p.open = p.open[1:]
	}
	if !p.full() {
		close(p.changed)
		p.changed = make(chan struct{})
	}
}

// full says that too much is unfinished: 8,192 entries, or, however many of them are finished, 262,144 that wait for
// the position. One entry that takes long holds back the position, not the others, until very many are finished
// behind it. The lock is held.
func (p *position) full() bool {
	return len(p.open)-len(p.done) >= window || len(p.open) >= 32*window
}

// passed is the last entry that is finished together with all before it.
func (p *position) passed() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// room waits until another entry may be begun, or returns the context's error.
func (p *position) room(ctx context.Context) error {
	for {
		p.mu.Lock()
		full, changed := p.full(), p.changed
		p.mu.Unlock()
		if !full {
			return ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// counter calls done when its last piece is finished. It is safe for concurrent use: the pieces of an entry are in
// different lanes.
type counter struct {
	mu   sync.Mutex
	left int
	done func()
}

// one notes that a piece is finished. done is called without the lock, by the goroutine that finished the last piece.
func (c *counter) one() {
	c.mu.Lock()
	c.left--
	last := c.left == 0
	c.mu.Unlock()
	if last {
		c.done()
	}
}

// saveEvery is how often a position is stored: so much is read again after a crash, besides what was unfinished.
const saveEvery = time.Second

// saving stores the position every second, and removes what is finished where the stream gets full. The function that
// it returns waits for that, and stores the position for the last time. end ends the session where the lease is lost:
// another process reads from the stored position on.
func (f *follower) saving(ctx context.Context, end context.CancelCauseFunc, p *position) (stop func()) {
	var running sync.WaitGroup
	running.Go(func() {
		retention := retention{follower: f}
		for pause.For(ctx, saveEvery) == nil {
			// by the stored position, not by the one in memory: what is purged must be behind any reader's start
			retention.tick(ctx, f.lease.Record().Position)
			if err := f.store(ctx, p); errors.Is(err, shard.ErrLost) {
				end(err)
			} else if err != nil && ctx.Err() == nil {
				f.bus.Logger().Debug("position not stored", "shard", f.lease.Name(), "err", err)
			}
		}
	})
	return func() {
		end(nil)
		running.Wait()
		// the session's context has ended by now; the lease's hard one outlives a stop
		holding, cancel := context.WithTimeout(f.lease.Hard(), bus.RequestTimeout)
		defer cancel()
		f.held.wait(holding)
		last, cancel := context.WithTimeout(f.lease.Hard(), bus.RequestTimeout)
		defer cancel()
		_ = f.store(last, p)
	}
}

// store writes the position into the lease's record, where it has moved. [shard.ErrLost] means that another process
// owns the partition.
func (f *follower) store(ctx context.Context, p *position) error {
	at := p.passed()
	if at == f.lease.Record().Position {
		return nil
	}
	return f.lease.Update(ctx, func(r *shard.Record) { r.Position = at })
}

// checkPosition starts over where the stream has less than was read of it: it was made anew, or restored from an
// older copy. With the old position every new entry would be skipped until the numbers had caught up. Tasks bear the
// repeat.
func (f *follower) checkPosition(ctx context.Context) error {
	state, err := f.bus.State(ctx, f.Stream.Name)
	if err != nil {
		return err
	}
	at := f.lease.Record().Position
	if at <= state.Last {
		return nil
	}
	f.bus.Logger().Warn("the stream holds less than was read of it: read from its start", "shard", f.lease.Name(), "position", at, "last", state.Last)
	return f.lease.Update(ctx, func(r *shard.Record) { r.Position = 0 })
}
