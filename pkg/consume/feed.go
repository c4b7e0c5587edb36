package consume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/shard"
)

// Feed works on one partition of a stream that holds unfinished work: MESSAGES, or EGRESS_* of a destination. It reads what
// comes in the stream's order and gives each entry to the [Queue] that it belongs to. An entry that is finished is taken out
// of the stream, about once a second. Its fields are set before Run and not changed after.
//
// The lease record says how far the partition was read ([shard.Record.Position]): all up to there is finished, but for what is
// set aside ([shard.Record.Aside]). An entry that is unfinished after five seconds is set aside, so that one that waits for an
// hour does not have its whole partition read again. What is set aside stays in the stream, and in its queue; the next owner
// finds it by its subject.
//
// There may be another reader: a process that was stopped for a while, and does not know yet that it has lost the partition. It
// begins nothing, since its lease is not valid, and what it takes out is finished.
type Feed struct {
	Bus *bus.Bus
	// Lease is the right to work on the partition. Its filter says which subjects of the stream are the partition's.
	Lease *shard.Lease
	// Stream is the name of the stream.
	Stream string
	// Key says which queue the entries of a subject belong to; nil means that the partition has but one, "".
	Key func(subject string) string
	// Open says how a queue is worked on, when its first entry has come. It must not wait: it holds up what is behind.
	Open func(key string) Options
	// IdleAfter is how long a queue is kept that holds nothing; 0 keeps all.
	IdleAfter time.Duration
}

// errRewound means that the stream is not the one that was read.
var errRewound = errors.New("the stream holds less than was read of it, or was made anew")

// Run works until the context ends or the lease is lost; what is being worked on is waited for. It is called once.
//
// It returns nil after a stop, [shard.ErrLost] when another process has the partition, and [bus.ErrClosed] when there will be no
// connection any more. Everything else is tried again: the reader is made anew behind what was read last, with pauses from 0.1 s
// to 5 s, and what waits in the queues stays there.
func (f Feed) Run(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		began, err := f.read(ctx)
		switch {
		case errors.Is(err, shard.ErrLost):
			return fmt.Errorf("shard %s: %w", f.Lease.Name(), err)
		case ctx.Err() != nil:
			return nil
		case f.Bus.Over():
			return bus.ErrClosed
		}
		if failures++; began {
			failures = 0
		}
		f.Bus.Logger().Warn("partition is read anew", "shard", f.Lease.Name(), "err", err)
		_ = pause.For(ctx, min(100*time.Millisecond<<min(failures, 6), 5*time.Second))
	}
	return nil
}

// read works on the partition with what is in memory, and returns why that is of no use any more; began says that it had begun
// to read. When it returns nothing is being worked on.
func (f Feed) read(parent context.Context) (began bool, err error) {
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	w, err := f.begin(ctx)
	if err != nil {
		return false, err
	}
	failpoint.Owned.Reach()
	w.end = end
	defer w.finish(parent)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer w.stop()
	defer end(nil)
	beside.Go(func() { w.inherit(ctx) })
	beside.Go(func() { w.keep(ctx) })
	if f.IdleAfter > 0 {
		beside.Go(func() { w.closeIdle(ctx) })
	}
	for wait := time.Duration(0); ctx.Err() == nil; wait = min(max(2*wait, 100*time.Millisecond), 5*time.Second) {
		read := w.last
		err := w.follow(ctx)
		if errors.Is(err, errRewound) {
			return true, err
		}
		if f.Bus.Over() {
			return true, bus.ErrClosed
		}
		if w.last > read {
			wait = 0
		}
		if ctx.Err() == nil {
			f.Bus.Logger().Debug("reading interrupted", "shard", f.Lease.Name(), "err", err)
		}
		_ = pause.For(ctx, max(wait, 50*time.Millisecond))
	}
	return true, context.Cause(ctx)
}

// work is the work on a partition: what was read of it and is not finished. One goroutine reads; queues, and those that read
// what was set aside, come to it at once.
type work struct {
	Feed
	progress *progress
	// created is when the stream was made.
	created time.Time
	// found is where the partition was left: what is unfinished up to there was set aside.
	found uint64
	// until is the last entry that another reader may have begun, or this process before it forgot. doubtful says that such a one
	// may have been at work when it ended.
	until    uint64
	doubtful bool
	// end ends the work and says why.
	end context.CancelCauseFunc
	// last is the last entry that was read. Only the goroutine that reads uses it.
	last uint64
	// held are the entries that were worked on and are not finished: see [Entry.Hold].
	held tally

	// mu guards what follows. It is held for moments only.
	mu     sync.Mutex
	queues map[string]*Queue
	// inheriting are the subjects of which something was set aside before, and not all of that is read yet: what came meanwhile has to
	// wait for it.
	inheriting map[string]*inherited
	ended      bool
}

// begin finds where the partition was left. Before anything is begun the record says that it is worked on: should this process
// come to no end, the next one does not take it for a release.
func (f Feed) begin(ctx context.Context) (*work, error) {
	asking, cancel := context.WithTimeout(ctx, 2*bus.RequestTimeout)
	defer cancel()
	state, err := f.Bus.State(asking, f.Stream)
	if err != nil {
		return nil, err
	}
	found := f.Lease.Record()
	if found.Position > state.Last {
		f.Bus.Logger().Warn("the stream holds less than was read of it: read from its start", "shard", f.Lease.Name(), "position", found.Position, "last", state.Last)
		found.Position, found.Aside, found.Clean = 0, false, false
	}
	// what stands there was not finished in this stream, whatever the record says: the stream was made anew since, or lost its end
	// and has grown again, or what was finished could not be taken out. It is looked up
	if found.Position > 0 && !found.Aside {
		first, err := f.Bus.Next(asking, f.Stream, f.Lease.Filter(), 1)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return nil, err
		}
		found.Aside = err == nil && first.Sequence <= found.Position
	}
	if err := f.Lease.Update(asking, func(r *shard.Record) { r.Position, r.Aside, r.Clean = found.Position, found.Aside, false }); err != nil {
		return nil, err
	}
	w := &work{
		Feed: f, doubtful: f.Lease.Inherited() || (found.Position > 0 || found.Aside) && !found.Clean, created: state.Created, progress: newProgress(found.Position), found: found.Position, last: found.Position, until: state.Last,
		queues: map[string]*Queue{}, inheriting: map[string]*inherited{},
	}
	// who released it had begun nothing that came later
	if found.Clean && !w.doubtful {
		w.until = found.Position
	}
	if !found.Aside {
		return w, nil
	}
	subjects, err := f.Bus.Subjects(asking, f.Stream, f.Lease.Filter())
	if err != nil {
		return nil, err
	}
	for subject := range subjects {
		w.inheriting[subject] = &inherited{}
	}
	return w, nil
}

// closeIdle forgets queues that hold nothing, until the context ends.
func (w *work) closeIdle(ctx context.Context) {
	for pause.For(ctx, min(w.IdleAfter, time.Second)) == nil {
		var idle []*Queue
		w.mu.Lock()
		for key, q := range w.queues {
			if q.pushing == 0 && q.idleFor(w.IdleAfter) {
				idle = append(idle, q)
				delete(w.queues, key)
			}
		}
		w.mu.Unlock()
		for _, q := range idle {
			q.stop()
		}
	}
}

// stop ends all queues, and waits for what is being worked on.
func (w *work) stop() {
	w.mu.Lock()
	w.ended = true
	all := make([]*Queue, 0, len(w.queues))
	for _, q := range w.queues {
		all = append(all, q)
	}
	w.mu.Unlock()
	var stopping sync.WaitGroup
	for _, q := range all {
		stopping.Go(q.stop)
	}
	stopping.Wait()
}
