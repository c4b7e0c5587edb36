package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
)

// inheritAtOnce is how many subjects are read at once of what was set aside before.
const inheritAtOnce = 16

// inheritance is what was set aside before this process had the partition, by subject, as long as not all of it is read. What comes of
// such a subject meanwhile is read behind it.
type inheritance struct {
	*partition
	queues *queues
	// mu guards what follows. It is held for moments only.
	mu       sync.Mutex
	subjects map[string]*inherited
}

func newInheritance(p *partition, q *queues, subjects []string) *inheritance {
	w := &inheritance{partition: p, queues: q, subjects: make(map[string]*inherited, len(subjects))}
	for _, s := range subjects {
		w.subjects[s] = &inherited{}
	}
	return w
}

// read reads it, subject by subject, until all is read or the context ends.
func (w *inheritance) read(ctx context.Context) {
	var reading sync.WaitGroup
	defer reading.Wait()
	slots := make(chan struct{}, inheritAtOnce)
	for s := range w.left() {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		reading.Go(func() {
			defer func() { <-slots }()
			w.readAll(ctx, s)
		})
	}
}

// came notes an entry that came, and says whether it is of such a subject: it is pushed behind what was set aside then.
func (w *inheritance) came(m *bus.Message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.subjects[m.Subject]
	if i != nil {
		i.came(m)
	}
	return i != nil
}

// inherited is a subject of which something was set aside before. The mutex of inheritance guards it.
type inherited struct {
	// last is the last of its entries that came meanwhile, 0 for none. They are begun, and not in their queue.
	last uint64
	// keeps says that what comes is kept here, since little is left to read; held is what was kept, in order. What does not fit is
	// read from the stream, as what came before.
	keeps bool
	held  []*bus.Message
}

// inheritHeld is how many messages are kept at most of what comes while the last is read.
const inheritHeld = 256

// came notes an entry that came.
func (i *inherited) came(m *bus.Message) {
	i.last = m.Sequence
	if i.keeps = i.keeps && len(i.held) < inheritHeld; i.keeps {
		i.held = append(i.held, m)
	} else {
		i.held = nil
	}
}

// readAll reads the entries of one subject up to where the partition was left, and then those that came meanwhile.
func (w *inheritance) readAll(ctx context.Context, subject string) {
	for from, to := uint64(1), w.found; ctx.Err() == nil; {
		read, err := w.readSubject(ctx, subject, from, to)
		from = max(from, read+1)
		if err != nil {
			w.Bus.Logger().Debug("what was set aside is not read yet", "shard", w.Lease.Name(), "err", err)
			_ = pause.For(ctx, 200*time.Millisecond)
			continue
		}
		from = max(from, to+1)
		if to = w.handOver(subject, from); to == 0 {
			return
		}
	}
}

// handOver gives a subject back to the reader of the partition, where all is read before a place and what came since was kept. It
// returns up to where is to be read else.
func (w *inheritance) handOver(subject string, from uint64) (to uint64) {
	for {
		w.mu.Lock()
		i := w.subjects[subject]
		if i.last < from {
			delete(w.subjects, subject)
			w.mu.Unlock()
			return 0
		}
		if !i.keeps { // what comes from now on is kept; what came is read
			i.keeps, to = true, i.last
			w.mu.Unlock()
			return to
		}
		held := i.held
		i.held = nil
		w.mu.Unlock()
		for _, m := range held {
			if m.Sequence >= from {
				w.queues.push(m)
				from = m.Sequence + 1
			}
		}
	}
}

// fewAtMost is how many entries of a subject are asked for one by one before a consumer reads the rest.
const fewAtMost = 8

// readSubject pushes the entries of a subject from one place to another, both included, and returns the last that it pushed, 0
// for none. That there are no more the stream's leader says: the server of a consumer may be behind it.
func (w *inheritance) readSubject(ctx context.Context, subject string, from, to uint64) (last uint64, err error) {
	push := func(m *bus.Message) error {
		if m.Sequence <= w.found { // else it was begun when it came
			w.progress.Adopt(subject)
		}
		w.queues.push(m)
		last = m.Sequence
		from = m.Sequence + 1
		return nil
	}
	for {
		for range fewAtMost {
			m, err := w.Bus.Next(ctx, w.Stream, subject, from)
			if errors.Is(err, bus.ErrNotFound) || err == nil && m.Sequence > to {
				return last, nil
			}
			if err != nil {
				return last, err
			}
			_ = push(m)
		}
		if err := w.Bus.Between(ctx, w.Stream, subject, from, to, push); err != nil {
			return last, err
		}
	}
}

// left are the subjects of which not all is read yet.
func (w *inheritance) left() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]bool, len(w.subjects))
	for s := range w.subjects {
		all[s] = true
	}
	return all
}
