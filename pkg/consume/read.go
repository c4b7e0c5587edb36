package consume

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/inherited"
	"github.com/bonychat/puente/pkg/pause"
)

// reader reads a partition in the stream's order. One goroutine uses it.
type reader struct {
	*partition
	queues   *queues
	inherits *inherited.Inheritance
	// last is the last entry that was read.
	last uint64
}

// follow reads until something ends the reader, and returns what. What was stored and is not delivered ends it too: the broker
// can stop delivering without a sign.
func (r *reader) follow(ctx context.Context) error {
	state, err := r.Bus.State(ctx, r.Stream)
	if err != nil {
		return err
	}
	if err := r.same(state); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	stream, err := r.Bus.Reader(ctx, r.Stream, r.Lease.Filter(), r.last)
	if err != nil {
		return err
	}
	defer stream.Close()
	look := missing{bus: r.Bus, stream: r.Stream, filter: r.Lease.Filter()}
	for {
		m, err := look.next(ctx, stream, r.last, r.same)
		if err != nil {
			return err
		}
		if m != nil {
			r.last = m.Sequence
			r.take(m)
		}
	}
}

// same returns errRewound where a stream in this state is not the one that is read.
func (r *reader) same(state bus.StreamState) error {
	if state.Last < r.last || r.rewound(state) {
		return errRewound
	}
	return nil
}

// take gives an entry to its queue. One of a subject that is being inherited is left to the reader of that subject.
func (r *reader) take(m *bus.Message) {
	r.progress.Begin(m.Sequence, m.Subject, time.Now())
	if !r.inherits.Came(m) {
		r.queues.push(m)
	}
}

// queues are those of a partition, by what [Feed.Key] says of the subjects of their entries. They are made as entries come.
type queues struct {
	*partition
	// mu guards what follows, and [Queue.pushing]. It is held for moments only.
	mu    sync.Mutex
	all   map[string]*Queue
	ended bool
}

func newQueues(p *partition) *queues { return &queues{partition: p, all: map[string]*Queue{}} }

// push puts a message into its queue. Two of one subject are not pushed at once.
func (q *queues) push(m *bus.Message) {
	key := ""
	if q.Key != nil {
		key = q.Key(m.Subject)
	}
	q.mu.Lock()
	one := q.all[key]
	if one == nil {
		if q.ended {
			q.mu.Unlock()
			return
		}
		one = newQueue(q.partition, key)
		q.all[key] = one
	}
	one.pushing++
	q.mu.Unlock()
	one.push(m)
	q.mu.Lock()
	one.pushing--
	q.mu.Unlock()
}

// closeIdle forgets queues that have held nothing for so long, until the context ends.
func (q *queues) closeIdle(ctx context.Context, after time.Duration) {
	for pause.For(ctx, min(after, time.Second)) == nil {
		var idle []*Queue
		q.mu.Lock()
		for key, one := range q.all {
			if one.pushing == 0 && one.idleFor(after) {
				idle = append(idle, one)
				delete(q.all, key)
			}
		}
		q.mu.Unlock()
		for _, one := range idle {
			one.stop()
		}
	}
}

// stop ends all queues, and waits for what is being worked on.
func (q *queues) stop() {
	q.mu.Lock()
	q.ended = true
	all := make([]*Queue, 0, len(q.all))
	for _, one := range q.all {
		all = append(all, one)
	}
	q.mu.Unlock()
	var stopping sync.WaitGroup
	for _, one := range all {
		stopping.Go(one.stop)
	}
	stopping.Wait()
}
