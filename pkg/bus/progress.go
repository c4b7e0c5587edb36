package bus

import (
	"context"
	"sync"
)

// progress knows how far the entries of a stream are finished: the position passes an entry only when all before it
// are finished too.
type progress struct {
	mu      sync.Mutex
	open    []uint64 // begun and not passed, in order
	done    map[uint64]bool
	last    uint64
	changed chan struct{} // closed when there is room again
}

func newProgress(last uint64) *progress {
	return &progress{last: last, done: map[uint64]bool{}, changed: make(chan struct{})}
}

func (p *progress) begin(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, seq)
}

func (p *progress) finish(seq uint64) {
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

// full says that too much is unfinished. One entry that takes long holds back the position, not the others, until
// very many are finished behind it. The lock is held.
func (p *progress) full() bool {
	return len(p.open)-len(p.done) >= followWindow || len(p.open) >= 32*followWindow
}

func (p *progress) position() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// room waits until another entry may be begun.
func (p *progress) room(ctx context.Context) error {
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

// counter calls done when its last piece is finished.
type counter struct {
	mu   sync.Mutex
	left int
	done func()
}

func (c *counter) one() {
	c.mu.Lock()
	c.left--
	last := c.left == 0
	c.mu.Unlock()
	if last {
		c.done()
	}
}
