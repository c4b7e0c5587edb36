package consume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
)

// Queue works on one shard of a work queue: session after session, each with a consumer of its own. Its fields are
// set before Run and not changed after. [Queue.Now], [Queue.First] and [Queue.Until] may be called while it runs.
//
// The stream is the state: what is left is what is unfinished, so a new consumer starts at the first unfinished
// message in order. Deleting the old consumer first fences its pulls and its acknowledgements; the server refuses
// overlapping filters, so that two cannot coexist. Anything that could have lost or reordered a delivery (a gap, a
// reconnect, a missed heartbeat, a change of leader, which loses acknowledgements without a sign) ends the session.
type Queue struct {
	Bus *bus.Bus
	// Lease is the right to work on the shard. Its filter says which subjects of the stream are the shard's, and its
	// record keeps the names of the consumers that may still exist.
	Lease *shard.Lease
	// Stream is the work queue's name.
	Stream string
	// Lanes says how many lanes are worked on at once.
	Lanes lanes.Options
	// Work acts on the head of a lane. It is called by many goroutines, for one entry of a lane at a time. The entry
	// is loaded, and its lease is valid; its Event is nil where the body cannot be read. Without Keep the entry is
	// finished: it is acknowledged, and not seen again as a rule. The context ends with the session; a send that has
	// to be finished goes on with [shard.Lease.Hard].
	Work func(context.Context, *Entry) lanes.Next
	// Finished says that the entry with this id was finished by this process before: it is acknowledged again and not
	// worked on. It is called by one goroutine and should be quick. nil says so of none.
	Finished func(id string) bool
	// Opened hears of every new session before it begins, so that what holds for the queue (a pause) holds for the
	// session from its first message; it may be nil.
	Opened func(*Session)
	// IdleAfter ends the work when there has been nothing to do for so long, so that an idle channel costs the broker
	// no consumer; 0 never does.
	IdleAfter time.Duration

	// sessions numbers the consumers of this lease: a name is never used twice. Only Run's goroutine uses it.
	sessions int
	// until is the last of the stream's messages that a reader before this process's can have begun. It is written
	// before a session works on anything, and only read by that work.
	until uint64
	// mu guards current.
	mu      sync.Mutex
	current *Session // nil between sessions
}

// errIdle ends a session that has had nothing to do.
var errIdle = errors.New("nothing to do")

// errNotOpened is a session that did not begin.
var errNotOpened = errors.New("no session")

// Run works until the context ends, there has been nothing to do for a while, or the lease is lost; running heads are
// waited for. It is called once.
//
// It returns nil after a stop and when it was idle, [shard.ErrLost] when another process has the shard, and
// [bus.ErrClosed] when there will be no connection any more. Everything else is tried again with the next session:
// 0.1 s after a session that began, with growing pauses up to 5 s where none can be opened.
func (q *Queue) Run(ctx context.Context) error {
	failures := 0
	for ctx.Err() == nil {
		err := q.session(ctx)
		if errors.Is(err, shard.ErrLost) {
			return fmt.Errorf("shard %s: %w", q.Lease.Name(), err)
		}
		if ctx.Err() != nil || errors.Is(err, errIdle) {
			break
		}
		// no session can be opened any more, so there is no use in trying
		if q.Bus.Over() {
			return bus.ErrClosed
		}
		wait := 100 * time.Millisecond
		if errors.Is(err, errNotOpened) {
			// the broker cannot make the consumer: it is asked ever more rarely, and an operator is told
			failures++
			wait = min(wait<<min(failures, 6), 5*time.Second)
			q.Bus.Logger().Warn("shard cannot be worked on, will be tried again", "shard", q.Lease.Name(), "err", err)
		} else {
			// a session that had begun ends at every reconnect: no reason for a warning
			failures = 0
			q.Bus.Logger().Debug("session ended", "shard", q.Lease.Name(), "err", err)
		}
		_ = bus.Pause(ctx, wait)
	}
	q.retire()
	return nil
}

// Until is the sequence of the last message that a reader of another process can have begun. What is behind it was
// stored after this process had its first consumer. 0 before the first session.
func (q *Queue) Until() uint64 { return q.until }

// Now is the running session, nil between sessions.
func (q *Queue) Now() *Session {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.current
}

func (q *Queue) setCurrent(s *Session) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = s
}

// First is the sequence of the shard's first message in the stream, 0 for none: the oldest that nobody has finished.
// It asks the stream's leader, for [bus.RequestTimeout] at most.
func (q *Queue) First(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	m, err := q.Bus.Next(ctx, q.Stream, q.Lease.Filter(), 1)
	if errors.Is(err, bus.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return m.Sequence, nil
}

// open makes the session's consumer. Its name stands in the lease's record before it is made, and leaves it only when
// the consumer is known to be gone: so every consumer that may exist is known to whoever reads next, and a process
// that dies between the two steps leaves none behind that nobody knows of.
func (q *Queue) open(ctx context.Context) (*bus.QueueReader, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*bus.RequestTimeout)
	defer cancel()
	if err := q.fence(ctx); err != nil {
		return nil, err
	}
	q.sessions++
	// the revision of the lease makes the name new among all owners', the number among this one's
	name := fmt.Sprintf("%s-%d-%d", q.Lease.Name(), q.Lease.Revision(), q.sessions)
	if err := q.Lease.Update(ctx, func(r *shard.Record) { r.Consumers = []string{name} }); err != nil {
		return nil, err
	}
	return q.Bus.OpenQueue(ctx, q.Stream, name, q.Lease.Filter())
}

// fence deletes every consumer that may still exist. Until that has succeeded another reader may still acknowledge.
func (q *Queue) fence(ctx context.Context) error {
	for _, old := range q.Lease.Record().Consumers {
		if err := q.Bus.CloseQueue(ctx, q.Stream, old); err != nil {
			return err
		}
	}
	return nil
}

// retire deletes the consumer of the last session, so that whoever takes the shard next need not. It is given one
// second and may fail: the next owner fences in any case.
func (q *Queue) retire() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.Lease.Hard()), time.Second)
	defer cancel()
	if q.fence(ctx) == nil {
		_ = q.Lease.Update(ctx, func(r *shard.Record) { r.Consumers = nil })
	}
}
