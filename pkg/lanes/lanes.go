// Package lanes keeps order where it matters and nowhere else. A [Set] has one queue for each lane, such as a
// contact. The items of a lane are worked on one after the other, in the order in which they were pushed. Different
// lanes are worked on at once, and take turns.
//
//	set := lanes.New(ctx, lanes.Options{Concurrency: 64}, func(ctx context.Context, m Message) lanes.Next {
//		if err := send(ctx, m); err != nil {
//			return lanes.Next{Keep: true, After: time.Second, Bad: true} // again, and nothing of this lane before it
//		}
//		return lanes.Next{Good: true}
//	})
//	set.Push(m.Contact, m)
//	defer set.Stop()
//
// # What it costs
//
// A lane that waits costs a timer and no goroutine, so that a set can hold very many of them. A lane without items
// costs nothing. How many lanes are worked on at once (the window) adapts itself, from 4 up to [Options.Concurrency]: it grows
// by one with each success, and halves with each failure that says something of the destination ([Next]). With [Options.Open]
// the window is always Concurrency.
//
// # What it does not do
//
// It bounds no queue: a caller that pushes without end fills the memory. It stores nothing: items that it holds when it is stopped
// are forgotten, and the caller has to read them again. It knows nothing of NATS, nor of what an item is.
package lanes

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Next is what becomes of a lane's head after it was worked on. The zero value takes the head off and leaves the
// window.
type Next struct {
	// Keep leaves the item at the head, to be worked on again after After. False takes it off. While it waits,
	// nothing behind it in its lane starts: that is what keeps the order. With After 0 it is ready again at once,
	// behind the lanes that are ready already.
	Keep  bool
	After time.Duration
	// Good says that a destination took the work, and widens the window by one (see [Options.Concurrency]). Bad says that
	// it may be in trouble, and halves the window, down to where it began. Answered says that it did not take the work,
	// but is there: it widens only a window that [Set.Narrow] has made smaller than it began. None leaves it.
	Good, Bad, Answered bool
}

// Options of a [Set].
type Options struct {
	// Concurrency is how many lanes are worked on at once, at most. It has no default: with 0 nothing is ever worked
	// on. A set starts with a window of 4, or of Concurrency if that is less, and widens it by one for each good
	// turn: a destination that is down or refuses everything is asked by few, not by all.
	Concurrency int
	// Open starts with the whole window and never changes it, for work that calls no destination.
	Open bool
	// Workers do the turns; nil stands for some of the set's own. Sets that have little to do each share them with others.
	Workers *Workers
}

// firstWindow is how many lanes are worked on at once in the beginning, and at least.
const firstWindow = 4

// Set is the lanes of one channel, or of one partition. It is safe for concurrent use. One mutex guards
// all that changes in it and in its lanes; it is never held while an item is worked on.
type Set[T any] struct {
	work func(ctx context.Context, item T) Next
	opt  Options

	mu sync.Mutex
	// lanes are those that hold an item, by key; an empty one is deleted.
	lanes map[string]*lane[T]
	// ready are the lanes whose head may start. First in, first served: a lane that had its turn goes to the end, so
	// that one with many items cannot keep the others from theirs.
	ready []*lane[T]
	// running is how many lanes are being worked on, and window how many may be.
	running int
	window  int
	// narrowed says that the window doubles with each good turn, until it is whole.
	narrowed bool
	// items is how many are queued or being worked on, in all lanes.
	items int
	// No head starts before pause. paused ends it: without that timer nothing would start the lanes that became ready
	// meanwhile.
	pause  time.Time
	paused *time.Timer
	// wakes counts the calls of Wake, so that a turn can tell whether one came while it lasted.
	wakes int
	ctx   context.Context
	stop  context.CancelFunc
	// ended counts what is being worked on, for Stop to wait for.
	ended sync.WaitGroup
	// workers do the turns, and own are those that are the set's: nil where they are shared.
	workers, own *Workers
}

// lane is one queue. It is in one of three states: waiting (timer is set), ready or being worked on (busy is set), or
// neither, which lasts only while the lock is held.
type lane[T any] struct {
	key   string
	queue []T
	timer *time.Timer // set while the head waits
	due   time.Time   // until when, with timer
	busy  bool        // ready or being worked on
	turn  bool        // being worked on
}

// New makes an empty set. It starts nothing: goroutines begin with the first item and end when nothing has been ready for a second.
//
// work is called by the set's goroutines, for one item of a lane at a time. Its context ends when the set is stopped
// or ctx ends. It may go on after that, and [Set.Stop] waits for it. It may call any method but Stop.
func New[T any](ctx context.Context, o Options, work func(context.Context, T) Next) *Set[T] {
	ctx, stop := context.WithCancel(ctx)
	s := &Set[T]{work: work, opt: o, lanes: map[string]*lane[T]{}, ctx: ctx, stop: stop, window: min(firstWindow, o.Concurrency)}
	if o.Open {
		s.window = o.Concurrency
	}
	if s.workers = o.Workers; s.workers == nil {
		s.own = NewWorkers()
		s.workers = s.own
	}
	return s
}

// Push puts an item at the end of its lane, and makes the lane if there is none. It does not wait for the item to be
// worked on, and has no bound: whoever pushes bounds what it reads. Nothing is taken once the set is stopped.
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
	// a busy lane takes its next item by itself, and a waiting one still owes its head a turn
	if !l.busy && l.timer == nil {
		s.enqueue(l)
	}
}

// Len is how many items are queued or being worked on. Of a set that was stopped it says nothing.
func (s *Set[T]) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items
}

// Paused says that no head may start now.
func (s *Set[T]) Paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.pause)
}

// Pause lets no head start for a time; of two pauses the one that ends later stands. What is being worked on goes on.
// [Set.Wake] does not end a pause.
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

// Wake ends the waiting of every lane: each head is worked on again, and may say again how long to wait. A head that
// is being worked on does not wait after that turn either: it may have looked before whatever changed.
func (s *Set[T]) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wakes++
	for _, l := range s.lanes {
		// a timer that cannot be stopped has fired: due makes its lane ready as soon as it has the lock
		if l.timer != nil && l.timer.Stop() {
			l.timer = nil
			s.enqueue(l)
		}
	}
}

// Narrow lets one lane be worked on at a time, until a turn is good: then two, four and so on, up to the whole window. It
// is for a destination that was not asked for a while, with much to be done: not all ask it at once. A turn that is bad halves
// what it has come to. An open set does not change.
func (s *Set[T]) Narrow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opt.Open {
		s.window, s.narrowed = min(1, s.opt.Concurrency), true
	}
}

// State is how one lane stands.
type State[T any] struct {
	// Items are its items in their order, the head first; there is at least one. The slice must not be kept or changed.
	Items []T
	// Working says that the head is being worked on.
	Working bool
	// Due is until when the head waits; zero where it does not, but works or waits for its turn.
	Due time.Time
}

// eachAtOnce is how many lanes [Set.Each] tells of before it lets others have the lock.
const eachAtOnce = 256

// Each tells how every lane stands that is there when it is called, in no order. The lock is held for some lanes at a time,
// so that the set works on: what it tells is not of one moment. f must be quick, and must not call the set.
func (s *Set[T]) Each(f func(key string, l State[T])) {
	s.mu.Lock()
	all := make([]*lane[T], 0, len(s.lanes))
	for _, l := range s.lanes {
		all = append(all, l)
	}
	s.mu.Unlock()
	for some := range slices.Chunk(all, eachAtOnce) {
		s.each(some, f)
	}
}

// each tells how these lanes stand, but for those that have emptied.
func (s *Set[T]) each(some []*lane[T], f func(key string, l State[T])) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range some {
		if len(l.queue) == 0 {
			continue
		}
		state := State[T]{Items: l.queue, Working: l.turn}
		if l.timer != nil {
			state.Due = l.due
		}
		f(l.key, state)
	}
}

// Stop starts no more heads and waits until those being worked on have ended. What is left is forgotten: whoever
// needs it reads it again from where it came. It can be called twice. Work must not call it: it would wait for
// itself.
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
	if s.own != nil {
		s.own.Stop()
	}
}
