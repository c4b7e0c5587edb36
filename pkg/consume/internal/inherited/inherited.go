// Package inherited reads what was set aside in a partition before this process had it, subject by subject, while all others go on. What
// comes of such a subject meanwhile is read behind it, so that the subject keeps its order.
package inherited

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
)

// Partition is where it is read, and who gets it.
type Partition struct {
	Bus *bus.Bus
	// Stream is the stream's name, and Shard the partition's, for the log.
	Stream, Shard string
	// Found is where the partition was left: what is unfinished up to there was set aside.
	Found uint64
	// Push takes an entry, and Adopt its subject before, where nobody has begun the entry yet. Both are called by many goroutines at
	// once, for one subject by one, in the order of the stream.
	Push  func(m *bus.Message)
	Adopt func(subject string)
}

// Inheritance is what was set aside, by subject, as long as not all of it is read. It is safe for concurrent use.
type Inheritance struct {
	partition Partition
	// mu guards what follows. It is held for moments only.
	mu       sync.Mutex
	subjects map[string]*subject
}

// New is an inheritance of which nothing is read yet: these subjects, which hold something in the stream.
func New(p Partition, subjects []string) *Inheritance {
	w := &Inheritance{partition: p, subjects: make(map[string]*subject, len(subjects))}
	for _, s := range subjects {
		w.subjects[s] = &subject{}
	}
	return w
}

// atOnce is how many subjects are read at once.
const atOnce = 16

// Read reads it, subject by subject, until all is read or the context ends. What cannot be read is tried again. It is called once.
func (w *Inheritance) Read(ctx context.Context) {
	var reading sync.WaitGroup
	defer reading.Wait()
	slots := make(chan struct{}, atOnce)
	for s := range w.Left() {
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

// Came notes an entry that came, and says whether it is of such a subject: it is pushed behind what was set aside then, and by
// nobody else. One goroutine calls it, in the order of the stream.
func (w *Inheritance) Came(m *bus.Message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.subjects[m.Subject]
	if i != nil {
		i.came(m)
	}
	return i != nil
}

// Left are the subjects of which not all is read yet.
func (w *Inheritance) Left() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]bool, len(w.subjects))
	for s := range w.subjects {
		all[s] = true
	}
	return all
}

// subject is a subject of which something was set aside before. The mutex of the inheritance guards it.
type subject struct {
	// last is the last of its entries that came meanwhile, 0 for none. They are begun, and not in their queue.
	last uint64
	// keeps says that what comes is kept here, since little is left to read; held is what was kept, in order. What does not fit is
	// read from the stream, as what came before.
	keeps bool
	held  []*bus.Message
}

// heldAtMost is how many messages are kept at most of what comes while the last is read.
const heldAtMost = 256

// came notes an entry that came.
func (i *subject) came(m *bus.Message) {
	i.last = m.Sequence
	if i.keeps = i.keeps && len(i.held) < heldAtMost; i.keeps {
		i.held = append(i.held, m)
	} else {
		i.held = nil
	}
}

// readAll reads the entries of one subject up to where the partition was left, and then those that came meanwhile.
func (w *Inheritance) readAll(ctx context.Context, subject string) {
	for from, to := uint64(1), w.partition.Found; ctx.Err() == nil; {
		read, err := w.readSubject(ctx, subject, from, to)
		from = max(from, read+1)
		if err != nil {
			w.partition.Bus.Logger().Debug("what was set aside is not read yet", "shard", w.partition.Shard, "err", err)
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
func (w *Inheritance) handOver(subject string, from uint64) (to uint64) {
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
				w.partition.Push(m)
				from = m.Sequence + 1
			}
		}
	}
}

// fewAtMost is how many entries of a subject are asked for one by one before a consumer reads the rest.
const fewAtMost = 8

// readSubject pushes the entries of a subject from one place to another, both included, and returns the last that it pushed, 0
// for none. That there are no more the stream's leader says: the server of a consumer may be behind it.
func (w *Inheritance) readSubject(ctx context.Context, subject string, from, to uint64) (last uint64, err error) {
	p := w.partition
	push := func(m *bus.Message) error {
		if m.Sequence <= p.Found { // else it was begun when it came
			p.Adopt(subject)
		}
		p.Push(m)
		last = m.Sequence
		from = m.Sequence + 1
		return nil
	}
	for {
		for range fewAtMost {
			m, err := p.Bus.Next(ctx, p.Stream, subject, from)
			if errors.Is(err, bus.ErrNotFound) || err == nil && m.Sequence > to {
				return last, nil
			}
			if err != nil {
				return last, err
			}
			_ = push(m)
		}
		if err := p.Bus.Between(ctx, p.Stream, subject, from, to, push); err != nil {
			return last, err
		}
	}
}
