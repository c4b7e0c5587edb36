package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/budget"
	"github.com/bonychat/puente/pkg/lanes"
)

// Options of a [Queue]. Lanes and Work are required.
type Options struct {
	// Lanes says how many lanes are worked on at once.
	Lanes lanes.Options
	// Work acts on the first entry of a lane, its head. Many goroutines call it, one at a time for each lane. The lease is valid, and
	// the entry has its body; Event is nil where the body cannot be read. With Keep in the answer the entry stays the head and is
	// worked on again; without it the entry is finished and leaves the stream. The context ends with the queue. A send that has
	// to be finished goes on under [shard.Lease.Hard].
	Work func(context.Context, *Entry) lanes.Next
	// Finished says that this process has finished the entry with this id before: then it is not worked on again. It should be quick.
	// nil says so of none.
	Finished func(id string) bool
	// Opened is called before the queue's first entry is worked on; Closed when nothing is worked on any more, since the queue was
	// empty for long or the work on the partition has ended. They must not wait, and may be nil.
	Opened, Closed func(*Queue)
}

// Queue is what waits of one channel, or of one partition, in lanes. It is made when its first entry comes. What it holds when it ends is
// still in the stream. It is safe for concurrent use.
type Queue struct {
	partition *partition
	options   Options
	set       *lanes.Set[waiting]
	// pushing counts who is about to push. The mutex of [queues] guards it.
	pushing int

	// mu guards what follows, but not the entries: each belongs to whoever works on its lane.
	mu sync.Mutex
	// subjects are those of what was pushed, and places where each of them is there.
	subjects []string
	places   map[string]uint32
	// heads are the entries that are in memory, with their bodies or, where there is no room, with what is remembered between tries
	// alone.
	heads map[uint64]*Entry
	// kept is what heads take of the process's budget.
	kept budget.Share
	// idle is since when there is nothing, as of the last look; zero while there is something.
	idle      time.Time
	forgotten bool // nothing is kept any more
}

// newQueue is a queue that holds nothing yet.
func newQueue(p *partition, key string) *Queue {
	q := &Queue{partition: p, options: p.Open(key), places: map[string]uint32{}, heads: map[uint64]*Entry{}}
	if q.options.Lanes.Workers == nil {
		q.options.Lanes.Workers = p.workers
	}
	// one of a channel: there are many, and any of them may be held
	if p.Key != nil {
		q.kept.AtMost = budget.OfChannel
	}
	q.set = lanes.New(context.Background(), q.options.Lanes, q.turn)
	if q.options.Opened != nil {
		q.options.Opened(q)
	}
	return q
}

// Wake ends the waiting of every head: each is worked on again, and may say again how long to wait.
func (q *Queue) Wake() { q.set.Wake() }

// Narrow lets one head be worked on at a time, and twice as many with each that is taken: see [lanes.Set.Narrow].
func (q *Queue) Narrow() { q.set.Narrow() }

// Len is how many entries the queue has that are not finished.
func (q *Queue) Len() int { return q.set.Len() }

// Paused says that no head may start now.
func (q *Queue) Paused() bool { return q.set.Paused() }

// Pause lets no head start for a time; a longer pause stands.
func (q *Queue) Pause(d time.Duration) { q.set.Pause(d) }

// Inherited says that another reader may have been working on an entry when it died: then it is in doubt what became of it.
func (q *Queue) Inherited(e *Entry) bool {
	return q.partition.doubtful && e.Sequence <= q.partition.until
}

// push puts a message behind those of its lane. Messages of one subject are pushed one after the other, in the order of the
// stream.
func (q *Queue) push(m *bus.Message) {
	if q.options.Finished != nil && q.options.Finished(m.ID()) {
		q.partition.progress.Finish(m.Sequence, m.Subject) // it was finished, and had not left the stream
		return
	}
	// what cannot be read has a lane too: its turn comes, and it goes to the dead letters
	e, lane := entryOf(m), "unreadable"
	if e.decode() == nil {
		lane = e.Lane
	}
	e.Suspect = e.Suspect || e.Sequence <= q.partition.until
	q.mu.Lock()
	if q.forgotten {
		q.mu.Unlock()
		return
	}
	place, known := q.places[m.Subject]
	if !known {
		place = uint32(len(q.subjects))
		q.places[m.Subject], q.subjects = place, append(q.subjects, m.Subject)
	}
	// without room only its place waits, and the message is read again when its turn comes
	if cost := budget.Cost(e.Body); q.kept.Take(cost) {
		e.charged = cost
		q.heads[e.Sequence] = e
	}
	q.idle = time.Time{}
	q.mu.Unlock()
	q.set.Push(lane, waitingOf(e, place))
}

// turn acts on the head of a lane. The set calls it.
func (q *Queue) turn(ctx context.Context, w waiting) lanes.Next {
	// the queue has ended: nothing new is begun
	if ctx.Err() != nil {
		return lanes.Next{Keep: true}
	}
	if !q.partition.Lease.Valid() {
		return lapsed
	}
	e, err := q.load(ctx, w)
	if errors.Is(err, errRewound) {
		q.partition.end(err)
		return lanes.Next{Keep: true, After: time.Second}
	}
	if errors.Is(err, bus.ErrNotFound) {
		return q.finish(w, lanes.Next{}) // an operator took it out, or the store has lost it
	}
	if err != nil {
		return Backoff(e.Try)
	}
	next := q.options.Work(ctx, e)
	if !next.Keep {
		return q.finish(w, next)
	}
	q.drop(e)
	return next
}

// load is an entry with its body. It is remembered as the head of its lane from then on, so that its tries and what
// is known of it are not lost while it waits. On an error the entry is never nil, but may be empty: it says how often
// it was tried. [bus.ErrNotFound] means that it has left the stream, errRewound that something else stands in its place.
func (q *Queue) load(ctx context.Context, w waiting) (*Entry, error) {
	q.mu.Lock()
	e, subject := q.heads[w.sequence], q.subjects[w.place]
	q.mu.Unlock()
	// it was kept, or is being tried again
	if e != nil && e.Body != nil {
		return e, nil
	}
	m, err := q.partition.Bus.At(ctx, q.partition.Stream, w.sequence)
	if err == nil && (m.Subject != subject || e != nil && m.ID() != e.ID) {
		err = errRewound
	}
	if err != nil {
		if e == nil {
			e = &Entry{}
		}
		return e, err
	}
	if e == nil {
		e = entryOf(m)
		e.Suspect = e.Suspect || w.sequence <= q.partition.until
		q.mu.Lock()
		q.heads[w.sequence] = e
		q.mu.Unlock()
	}
	e.Body, e.message = m.Data, m
	_ = e.decode() // without an event it goes to the dead letters
	return e, nil
}

// drop forgets the body of a head that waits, where the process has no room for it. Its tries, its State and whether
// it is suspect are kept. Whoever drops it works on its lane, so nobody else looks at it.
func (q *Queue) drop(e *Entry) {
	if e.charged > 0 { // it is within the budget already
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if cost := budget.Cost(e.Body); q.kept.Take(cost) {
		e.charged = cost
		return
	}
	e.Event, e.Body, e.message = nil, nil, nil
}

// finish forgets the entry, and has it leave the stream once nothing holds it.
func (q *Queue) finish(w waiting, next lanes.Next) lanes.Next {
	q.mu.Lock()
	e := q.heads[w.sequence]
	if e != nil {
		q.kept.Give(e.charged)
		e.charged = 0
		delete(q.heads, w.sequence)
	}
	subject := q.subjects[w.place]
	q.mu.Unlock()
	if e == nil {
		q.partition.progress.Finish(w.sequence, subject)
		return next
	}
	q.partition.held.Add(1)
	e.holds.Finish(func() {
		q.partition.progress.Finish(w.sequence, subject)
		q.partition.held.Add(-1)
	})
	return next
}

// idleFor says that there has been nothing for so long. It is asked from time to time: the time counts from the first look that
// found nothing.
func (q *Queue) idleFor(after time.Duration) bool {
	empty := q.set.Len() == 0
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case !empty:
		q.idle = time.Time{}
	case q.idle.IsZero():
		q.idle = time.Now()
	default:
		return time.Since(q.idle) >= after
	}
	return false
}

// stop lets nothing begin any more, waits for what is being worked on, and gives back to the process what was kept.
func (q *Queue) stop() {
	q.set.Stop()
	q.mu.Lock()
	q.forgotten = true
	for _, e := range q.heads {
		q.kept.Give(e.charged)
	}
	clear(q.heads)
	q.mu.Unlock()
	if q.options.Closed != nil {
		q.options.Closed(q)
	}
}
