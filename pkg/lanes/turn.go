package lanes

import "time"

// A lane is ready, then has its turn, in which its head is worked on, and is then ready again, waits, or is empty. Here is who
// has the next turn.

// enqueue makes a lane ready. The lock is held.
func (s *Set[T]) enqueue(l *lane[T]) {
	l.busy = true
	s.ready = append(s.ready, l)
	s.start()
}

// dispatch starts what became ready during a pause. The pause's timer calls it.
func (s *Set[T]) dispatch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
}

// start gives ready lanes to goroutines as far as the window reaches. The lock is held.
func (s *Set[T]) start() {
	for l := s.pick(); l != nil; l = s.pick() {
		s.ended.Add(1)
		l, head, wakes := l, l.queue[0], s.wakes
		s.workers.do(func() { s.turns(l, head, wakes) })
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
	l.turn = true
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
	// a turn that has ended makes room in the window, whatever it came to
	s.running--
	l.turn = false
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
	// a wake during the turn counts too: the turn may have looked before whatever changed
	case next.Keep && next.After > 0 && s.wakes == wakes:
		l.due = time.Now().Add(next.After)
		l.timer = time.AfterFunc(next.After, func() { s.due(l) })
	default:
		l.busy = true
		s.ready = append(s.ready, l)
	}
	// this goroutine goes on with one lane; the window may have widened, so that others can start besides
	following := s.pick()
	s.start()
	if following == nil {
		return nil, head, 0
	}
	return following, following.queue[0], s.wakes
}

// due ends a lane's waiting. Its timer calls it.
func (s *Set[T]) due(l *lane[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.timer == nil || l.busy || s.ctx.Err() != nil {
		return // woken before
	}
	l.timer = nil
	s.enqueue(l)
}

// resize moves the window after a turn: up by one, down by half. One that was narrowed is doubled. The lock is held.
func (s *Set[T]) resize(n Next) {
	first := min(firstWindow, s.opt.Concurrency)
	switch {
	case s.opt.Open:
	case n.Good && s.narrowed:
		s.window = min(2*s.window, s.opt.Concurrency)
		s.narrowed = s.window < s.opt.Concurrency
	case n.Good:
		s.window = min(s.window+1, s.opt.Concurrency)
	case n.Bad && s.narrowed:
		s.window = max(s.window/2, min(1, s.opt.Concurrency))
	case n.Bad:
		s.window = max(s.window/2, first)
	case n.Answered && s.window < first:
		s.window++
	}
}
