package progress

import (
	"context"
	"sync"
)

// window is how many entries of one partition may be read and not finished: their bodies are in memory.
const window = 8192

// Position knows how far the entries of a stream are finished: the position passes an entry only when all before it
// are finished too. So a reader that begins behind it misses nothing. It is safe for concurrent use: one goroutine
// begins entries, many finish them.
type Position struct {
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

// NewPosition is a position behind the entry that was passed last, 0 for none.
func NewPosition(last uint64) *Position {
	return &Position{last: last, done: map[uint64]bool{}, changed: make(chan struct{})}
}

// Begin notes that an entry was read. Entries are begun in the stream's order.
func (p *Position) Begin(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, seq)
}

// Finish notes that an entry is finished, and moves the position over all that follow on from it.
func (p *Position) Finish(seq uint64) {
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
func (p *Position) full() bool {
	return len(p.open)-len(p.done) >= window || len(p.open) >= 32*window
}

// Passed is the last entry that is finished together with all before it.
func (p *Position) Passed() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// Begun is the last entry that was begun; the position where that is further.
func (p *Position) Begun() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) > 0 {
		return p.open[len(p.open)-1]
	}
	return p.last
}

// Room waits until another entry may be begun, or returns the context's error.
func (p *Position) Room(ctx context.Context) error {
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

// Counter calls a function when its last piece is finished. It is safe for concurrent use: the pieces of an entry are in
// different lanes.
type Counter struct {
	mu   sync.Mutex
	left int
	done func()
}

// NewCounter counts so many pieces, one at least.
func NewCounter(pieces int, done func()) *Counter { return &Counter{left: pieces, done: done} }

// One notes that a piece is finished. done is called without the lock, by the goroutine that finished the last piece.
func (c *Counter) One() {
	c.mu.Lock()
	c.left--
	last := c.left == 0
	c.mu.Unlock()
	if last {
		c.done()
	}
}
