package consume

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
)

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
