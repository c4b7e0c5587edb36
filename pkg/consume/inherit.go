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

// inherit reads what was set aside before this process had the partition, subject by subject, until all is read or the context
// ends. What comes of a subject meanwhile is read behind it.
func (w *work) inherit(ctx context.Context) {
	w.mu.Lock()
	subjects := make([]string, 0, len(w.inheriting))
	for s := range w.inheriting {
		subjects = append(subjects, s)
	}
	w.mu.Unlock()
	var reading sync.WaitGroup
	defer reading.Wait()
	slots := make(chan struct{}, inheritAtOnce)
	for _, s := range subjects {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		reading.Go(func() {
			defer func() { <-slots }()
			w.inheritSubject(ctx, s)
		})
	}
}

// inherited is a subject of which something was set aside before. The mutex of work guards it.
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

// inheritSubject reads the entries of one subject up to where the partition was left, and then those that came meanwhile.
func (w *work) inheritSubject(ctx context.Context, subject string) {
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
func (w *work) handOver(subject string, from uint64) (to uint64) {
	for {
		w.mu.Lock()
		i := w.inheriting[subject]
		if i.last < from {
			delete(w.inheriting, subject)
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
				w.push(m)
				from = m.Sequence + 1
			}
		}
	}
}

// fewAtMost is how many entries of a subject are asked for one by one before a consumer reads the rest.
const fewAtMost = 8

// readSubject pushes the entries of a subject from one place to another, both included, and returns the last that it pushed, 0
// for none. That there are no more the stream's leader says: the server of a consumer may be behind it.
func (w *work) readSubject(ctx context.Context, subject string, from, to uint64) (last uint64, err error) {
	push := func(m *bus.Message) error {
		if m.Sequence <= w.found { // else it was begun when it came
			w.progress.adopt(subject)
		}
		w.push(m)
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

// inherits are the subjects of which not all is read yet that was set aside before.
func (w *work) inherits() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]bool, len(w.inheriting))
	for s := range w.inheriting {
		all[s] = true
	}
	return all
}
