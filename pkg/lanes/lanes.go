// Package lanes keeps order where it matters and nowhere else: one queue per lane (a contact), the head of each being
// worked on, different lanes at once and in turns. A lane that waits costs no goroutine.
//
// It knows nothing of NATS: what is queued, and what working on it means, is the caller's. It acknowledges nothing.
package lanes

import (
	"context"
	"sync"
	"time"
)

// Next is what becomes of a lane's head after it was worked on.
type Next struct {
	// Keep leaves the item at the head, to be worked on again after After. False takes it off.
	Keep  bool
	After time.Duration
	// Good widens the window (see [Options.Concurrency]); Bad halves it. Neither leaves it.
	Good, Bad bool
}

// Options of a [Set].
type Options struct {
	// Concurrency is how many lanes are worked on at once, at most. A set starts with a window of 4 and widens it by
	// one for each good turn: a far end that is down or refuses everything is asked by few, not by all.
	Concurrency int
	// Open starts with the whole window, for work that calls no far end.
	Open bool
}

const firstWindow = 4

// Set is the lanes of one unit. It is safe for concurrent use.
type Set[T any] struct {
	work func(ctx context.Context, item T) Next
	opt  Options

	mu      sync.Mutex
	lanes   map[string]*lane[T]
	ready   []*lane[T] // first in, first served: a lane that had its turn goes to the end
	running int
	window  int
	items   int
	pause   time.Time   // no head starts before
	paused  *time.Timer // ends the pause
	wakes   int
	ctx     context.Context
	stop    context.CancelFunc
	ended   sync.WaitGroup
}

type lane[T any] struct {
	key   string
	queue []T
	timer *time.Timer // set while the head waits
	busy  bool        // ready or being worked on
}

// New makes an empty set. work is called with a context that ends when the set is stopped; it may go on after that,
// and [Set.Stop] waits for it.
func New[T any](ctx context.Context, o Options, work func(context.Context, T) Next) *Set[T] {
	ctx, stop := context.WithCancel(ctx)
	s := &Set[T]{work: work, opt: o, lanes: map[string]*lane[T]{}, ctx: ctx, stop: stop, window: min(firstWindow, o.Concurrency)}
	if o.Open {
		s.window = o.Concurrency
	}
	return s
}

// Push puts an item at the end of its lane. Nothing is taken once the set is stopped.
func (s *Set[T]) Push(key string, item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	l := s.lanes[key]
	if l == nil {
		l = &lane[T]{key: key}
		s.lanes[key] = l
	}
	l.queue = append(l.queue, item)
	s.items++
	if !l.busy && l.timer == nil {
		s.enqueue(l)
	}
}

// Len is how many items are queued or being worked on.
func (s *Set[T]) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items
}

// Pause lets no head start for a time; a longer pause stands. What is being worked on goes on.
func (s *Set[T]) Pause(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := time.Now().Add(d); until.After(s.pause) {
		s.pause = until
		if s.paused != nil {
			s.paused.Stop()
		}
		s.paused = time.AfterFunc(d, s.dispatch)
	}
}

// Wake ends every lane's waiting: each head is worked on again, and may say again how long to wait.
func (s *Set[T]) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wakes++
	for _, l := range s.lanes {
		if l.timer != nil && l.timer.Stop() {
			l.timer = nil
			s.enqueue(l)
		}
	}
}

// Stop starts no more heads and waits until those being worked on have ended. What is left is forgotten.
func (s *Set[T]) Stop() {
	s.mu.Lock()
	s.stop()
	for _, l := range s.lanes {
		if l.timer != nil {
			l.timer.Stop()
		}
	}
	if s.paused != nil {
		s.paused.Stop()
	}
	s.ready = nil
	s.mu.Unlock()
	s.ended.Wait()
}

// enqueue makes a lane ready. The lock is held.
func (s *Set[T]) enqueue(l *lane[T]) {
	l.busy = true
	s.ready = append(s.ready, l)
	s.start()
}

func (s *Set[T]) dispatch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
}

// start gives ready lanes to new goroutines as far as the window reaches. The lock is held.
func (s *Set[T]) start() {
	for l := s.pick(); l != nil; l = s.pick() {
		s.ended.Add(1)
		go s.turns(l, l.queue[0], s.wakes)
	}
}

// pick takes the lane that has been ready for longest, nil where none is or the window reaches no further. The lock is
// held.
func (s *Set[T]) pick() *lane[T] {
	if s.ctx.Err() != nil || len(s.ready) == 0 || s.running >= s.window || time.Now().Before(s.pause) {
		return nil
	}
	l := s.ready[0]
	s.ready[0] = nil
	s.ready = s.ready[1:]
	s.running++
	return l
}

// turns works on the head of one lane and then of others, for as long as one is ready: a goroutine that has grown its
// stack is kept while there is work. To start one for each turn costs six times as much.
func (s *Set[T]) turns(l *lane[T], head T, wakes int) {
	defer s.ended.Done()
	for l != nil {
		next := s.work(s.ctx, head)
		l, head, wakes = s.turned(l, next, wakes)
	}
}

// turned puts a lane where its turn leaves it, and takes the next.
func (s *Set[T]) turned(l *lane[T], next Next, wakes int) (_ *lane[T], head T, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.resize(next)
	if s.ctx.Err() != nil {
		return nil, head, 0
	}
	l.busy = false
	if !next.Keep {
		var none T
		l.queue[0] = none
		l.queue = l.queue[1:]
		s.items--
	}
	switch {
	case len(l.queue) == 0:
		delete(s.lanes, l.key)
	case next.Keep && next.After > 0 && s.wakes == wakes: // a wake during the turn counts too
		l.timer = time.AfterFunc(next.After, func() { s.due(l) })
	default:
		l.busy = true
		s.ready = append(s.ready, l)
	}
	following := s.pick()
	s.start()
	if following == nil {
		return nil, head, 0
	}
	return following, following.queue[0], s.wakes
}

// due ends a lane's waiting.
func (s *Set[T]) due(l *lane[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.timer == nil || l.busy || s.ctx.Err() != nil {
		return // woken before
	}
	l.timer = nil
	s.enqueue(l)
}

func (s *Set[T]) resize(n Next) {
	switch {
	case s.opt.Open:
	case n.Good:
		s.window = min(s.window+1, s.opt.Concurrency)
	case n.Bad:
		s.window = max(s.window/2, min(firstWindow, s.opt.Concurrency))
	}
}
