package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/lanes"
)

// Session is the work on a queue with one consumer. It is safe for concurrent use: one goroutine pushes what is
// delivered, those of the set work on it, one watches. When it ends, what is not finished is delivered to the next
// session.
type Session struct {
	queue  *Queue
	reader *bus.QueueReader // nil in tests of what is kept
	set    *lanes.Set[waiting]
	// end ends the session and says why.
	end context.CancelCauseFunc

	// mu guards what follows, but not the entries: each belongs to whoever works on its lane.
	mu sync.Mutex
	// have are the sequences that were delivered and are not finished.
	have map[uint64]struct{}
	// heads are those among them that are in memory, with their bodies or, where there is no room, with what is
	// remembered between tries alone.
	heads map[uint64]*Entry
	// kept is what heads take of the process's budget.
	kept share
	// idle is since when there is nothing; zero while there is something.
	idle      time.Time
	forgotten bool // nothing is kept any more
}

// Wake ends the waiting of every head: each is worked on again, and may say again how long to wait.
func (s *Session) Wake() { s.set.Wake() }

// Narrow lets one head be worked on at a time, and twice as many with each that is taken: see [lanes.Set.Narrow].
func (s *Session) Narrow() { s.set.Narrow() }

// Len is how many entries the session has that are not finished.
func (s *Session) Len() int { return s.set.Len() }

// Paused says that no head may start now.
func (s *Session) Paused() bool { return s.set.Paused() }

// Pause lets no head start for a time; a longer pause stands.
func (s *Session) Pause(d time.Duration) { s.set.Pause(d) }

// newSession is a session that has no consumer yet.
func newSession(ctx context.Context, q *Queue, end context.CancelCauseFunc) *Session {
	s := &Session{queue: q, end: end, have: map[uint64]struct{}{}, heads: map[uint64]*Entry{}, idle: time.Now()}
	s.set = lanes.New(ctx, q.Lanes, s.work)
	return s
}

// session works with one consumer until it ends, and returns why. When it returns no head is being worked on any
// more: the next session cannot work on a lane beside it.
func (q *Queue) session(parent context.Context) error {
	reader, err := q.open(parent)
	if err != nil {
		return errors.Join(errNotOpened, err)
	}
	// the first session's: what was stored later no other process has read
	if q.until == 0 {
		q.until = reader.Until
	}
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	s := newSession(ctx, q, end)
	s.reader = reader
	defer s.forget()
	if q.Opened != nil {
		q.Opened(s)
	}
	q.setCurrent(s)
	defer q.setCurrent(nil)
	defer s.set.Stop()
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx) })
	defer watching.Wait()
	defer end(nil)
	return reader.Read(ctx, s.push)
}

// push puts a delivered message behind those of its lane. The reader calls it, in the order of the stream, by one
// goroutine at a time.
func (s *Session) push(m *bus.Message) {
	if s.queue.Finished != nil && s.queue.Finished(m.ID()) {
		// it was finished, but its acknowledgement was lost
		s.reader.Ack(m.Ticket())
		return
	}
	// what cannot be read has a lane too: its turn comes, and it goes to the dead letters
	e, lane := entryOf(m), "unreadable"
	if e.decode() == nil {
		lane = Lane(e.Event)
	}
	// what was there before this consumer may have been delivered to the one before it
	e.Suspect = e.Suspect || s.reader != nil && e.Sequence <= s.reader.Until
	kept := waitingOf(m, e)
	s.mu.Lock()
	if s.forgotten {
		s.mu.Unlock()
		return // a delivery that was under way when the session ended
	}
	if _, ok := s.have[e.Sequence]; ok {
		s.mu.Unlock()
		// the broker delivers again what was not acknowledged for ten minutes; it is still in its lane
		return
	}
	s.have[e.Sequence], s.idle = struct{}{}, time.Time{}
	// without room only the ticket waits, and the message is read again when its turn comes
	if cost := costOf(e.Body); s.kept.take(cost) {
		e.charged = cost
		s.heads[e.Sequence] = e
	}
	s.mu.Unlock()
	s.set.Push(lane, kept)
}

// work acts on the head of a lane. The set calls it.
func (s *Session) work(ctx context.Context, w waiting) lanes.Next {
	// the session has ended: nothing new is begun, and the entry is delivered to the next one
	if ctx.Err() != nil {
		return lanes.Next{Keep: true}
	}
	if !s.queue.Lease.Valid() {
		return lapsed
	}
	e, err := s.load(ctx, w.ticket.Sequence)
	if errors.Is(err, bus.ErrNotFound) {
		return s.finish(w, lanes.Next{}) // it was acknowledged after all
	}
	if err != nil {
		return Backoff(e.Try)
	}
	next := s.queue.Work(ctx, e)
	if !next.Keep {
		return s.finish(w, next)
	}
	s.drop(e)
	return next
}

// load is an entry with its body. It is remembered as the head of its lane from then on, so that its tries and what
// is known of it are not lost while it waits. On an error the entry is never nil, but may be empty: it says how often
// it was tried. [bus.ErrNotFound] means that it has left the stream.
func (s *Session) load(ctx context.Context, sequence uint64) (*Entry, error) {
	s.mu.Lock()
	e := s.heads[sequence]
	s.mu.Unlock()
	// it was kept, or is being tried again
	if e != nil && e.Body != nil {
		return e, nil
	}
	m, err := s.queue.Bus.At(ctx, s.queue.Stream, sequence)
	if err != nil {
		if e == nil {
			e = &Entry{}
		}
		return e, err
	}
	if e == nil {
		e = entryOf(m)
		e.Suspect = e.Suspect || sequence <= s.reader.Until
		s.mu.Lock()
		s.heads[sequence] = e
		s.mu.Unlock()
	}
	e.Body, e.message = m.Data, m
	_ = e.decode() // without an event it goes to the dead letters
	return e, nil
}

// drop forgets the body of a head that waits, where the process has no room for it. Its tries, its State and whether
// it is suspect are kept. Whoever drops it works on its lane, so nobody else looks at it.
func (s *Session) drop(e *Entry) {
	// it is within the budget already
	if e.charged > 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cost := costOf(e.Body); s.kept.take(cost) {
		e.charged = cost
		return
	}
	e.Event, e.Body, e.message = nil, nil, nil
}

// finish acknowledges, and forgets the entry. The acknowledgement may be lost: then the message stays in the stream,
// and comes again with a later session.
func (s *Session) finish(w waiting, next lanes.Next) lanes.Next {
	s.reader.Ack(w.ticket)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.heads[w.ticket.Sequence]; e != nil {
		s.kept.give(e.charged)
		e.charged = 0
		delete(s.heads, w.ticket.Sequence)
	}
	delete(s.have, w.ticket.Sequence)
	if len(s.have) == 0 {
		s.idle = time.Now()
	}
	return next
}

// forget gives back to the process what the session kept. Nothing works on it any more.
func (s *Session) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgotten = true
	for _, e := range s.heads {
		s.kept.give(e.charged)
	}
	clear(s.heads)
}
