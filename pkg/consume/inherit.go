package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
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

// inheritSubject reads the entries of one subject up to where the partition was left, and then those that came meanwhile.
func (w *work) inheritSubject(ctx context.Context, subject string) {
	for from, to := uint64(1), w.found; ctx.Err() == nil; {
		read, err := w.readSubject(ctx, subject, from, to)
		from = max(from, read+1)
		if err != nil {
			w.Bus.Logger().Debug("what was set aside is not read yet", "shard", w.Lease.Name(), "err", err)
			_ = bus.Pause(ctx, 200*time.Millisecond)
			continue
		}
		from = max(from, to+1)
		w.mu.Lock()
		came := w.inheriting[subject]
		if came < from {
			delete(w.inheriting, subject)
			w.mu.Unlock()
			return
		}
		to = came
		w.mu.Unlock()
	}
}

// fewAtMost is how many entries of a subject are asked for one by one before a consumer reads the rest.
const fewAtMost = 8

// readSubject pushes the entries of a subject from one place to another, both included, and returns the last that it pushed, 0
// for none.
func (w *work) readSubject(ctx context.Context, subject string, from, to uint64) (last uint64, err error) {
	push := func(m *bus.Message) error {
		if m.Sequence <= w.found { // else it was begun when it came
			w.progress.adopt(subject)
		}
		w.push(m)
		last = m.Sequence
		return nil
	}
	for range fewAtMost {
		m, err := w.Bus.Next(ctx, w.Stream, subject, from)
		if errors.Is(err, bus.ErrNotFound) || err == nil && m.Sequence > to {
			return last, nil
		}
		if err != nil {
			return last, err
		}
		_ = push(m)
		from = m.Sequence + 1
	}
	return last, w.Bus.Between(ctx, w.Stream, subject, from, to, push)
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
