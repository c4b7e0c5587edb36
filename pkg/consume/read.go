package consume

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// stallEvery is how often it is looked whether the reader misses something.
const stallEvery = 5 * time.Second

// follow reads until something ends the reader, and returns what. What was stored and is not delivered ends it too: the broker
// can stop delivering without a sign.
func (w *work) follow(ctx context.Context) error {
	state, err := w.Bus.State(ctx, w.Stream)
	if err != nil {
		return err
	}
	if state.Last < w.last || w.rewound(state) {
		return errRewound
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	reader, err := w.Bus.Reader(ctx, w.Stream, w.Lease.Filter(), w.last)
	if err != nil {
		return err
	}
	defer reader.Close()
	var look lookout
	for {
		wait, cancel := context.WithTimeoutCause(ctx, stallEvery, errQuiet)
		m, err := reader.Next(wait)
		cancel()
		switch {
		case err == nil:
			w.last = m.Sequence
			w.take(m)
		case !errors.Is(err, errQuiet):
			return err
		default:
			if err := w.lookOut(ctx, &look); err != nil {
				return err
			}
		}
	}
}

// lookout is what was found when the reader was quiet.
type lookout struct {
	seen   uint64 // the last of the stream, when nothing was missing
	missed uint64 // what was stored and not delivered
}

// lookOut says what a reader misses that was quiet for a while, nil for nothing. A stream that has had no message since the last
// look costs one request for all its partitions together.
func (w *work) lookOut(ctx context.Context, l *lookout) error {
	state, asked := w.Bus.Recent(ctx, w.Stream)
	switch {
	case time.Since(asked) >= stallEvery: // it may not know yet of what was read
		return nil
	case state.Last < w.last || w.rewound(state):
		return errRewound
	case state.Last == l.seen:
		return nil
	}
	next, err := w.Bus.Next(ctx, w.Stream, w.Lease.Filter(), w.last+1)
	switch {
	case err == nil && next.Sequence == l.missed: // believed the second time: the first may be on its way
		return fmt.Errorf("message %d was not delivered", l.missed)
	case err == nil:
		l.missed = next.Sequence
	case errors.Is(err, bus.ErrNotFound):
		*l = lookout{seen: state.Last}
	}
	return nil
}

// errQuiet means that nothing came for a while.
var errQuiet = errors.New("nothing came")

// take gives an entry to its queue. One of a subject that is being inherited is left to the reader of that subject.
func (w *work) take(m *bus.Message) {
	w.progress.begin(m.Sequence, m.Subject, time.Now())
	w.mu.Lock()
	if i := w.inheriting[m.Subject]; i != nil {
		i.came(m)
		w.mu.Unlock()
		return
	}
	w.mu.Unlock()
	w.push(m)
}

// push puts a message into its queue. Two of one subject are not pushed at once.
func (w *work) push(m *bus.Message) {
	key := ""
	if w.Key != nil {
		key = w.Key(m.Subject)
	}
	w.mu.Lock()
	q := w.queues[key]
	if q == nil {
		if w.ended {
			w.mu.Unlock()
			return
		}
		q = newQueue(w, key)
		w.queues[key] = q
	}
	q.pushing++
	w.mu.Unlock()
	q.push(m)
	w.mu.Lock()
	q.pushing--
	w.mu.Unlock()
}
