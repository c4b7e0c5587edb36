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

// Feed works on one partition of a stream of unfinished work: MESSAGES, or EGRESS_* of a destination. It reads entries in the stream's
// order and gives each to the [Queue] that it belongs to. Once a second it removes from the stream what is finished. Its fields are
// set before Run and not changed after.
//
// The lease record says how far the partition was read. All entries up to [shard.Record.Position] are finished, except those that are
// set aside ([shard.Record.Aside]): the next owner finds these by their subjects.
//
// There may be a second reader for a while: a process that was stopped and does not know yet that it has lost the partition. It does no
// harm. It begins nothing, since its lease is not valid, and it removes only what is finished.
type Feed struct {
	Bus *bus.Bus
	// Lease is the right to work on the partition. Its filter says which subjects of the stream are the partition's.
	Lease *shard.Lease
	// Stream is the name of the stream.
	Stream string
	// Key names the queue of a subject's entries; nil means that the partition has one queue, "".
	Key func(subject string) string
	// Open says how a queue is worked on. It is called when the queue's first entry comes, by the goroutine that reads: it must not
	// wait.
	Open func(key string) Options
	// IdleAfter is how long an empty queue is kept; 0 keeps all.
	IdleAfter time.Duration
}

// Run works until the context ends or the lease is lost. It waits for what is being worked on. It is called once.
//
// It returns nil after a stop, [shard.ErrLost] when another process has the partition, and [bus.ErrClosed] when there will be no
// connection any more. After any other error it begins again behind what was read last, after 0.1 to 5 s; what waits in the queues
// stays there.
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
	p, aside, err := f.begin(ctx, end)
	if err != nil {
		return false, err
	}
	failpoint.Owned.Reach()
	waiting := newQueues(p)
	before := newInheritance(p, waiting, aside)
	k := &keeper{p, before}
	r := &reader{partition: p, queues: waiting, inherits: before, last: p.found}
	defer k.finish(parent)
	var beside sync.WaitGroup
	defer p.workers.Stop()
	defer beside.Wait()
	defer waiting.stop()
	defer end(nil)
	beside.Go(func() { before.read(ctx) })
	beside.Go(func() { k.keep(ctx) })
	if f.IdleAfter > 0 {
		beside.Go(func() { waiting.closeIdle(ctx, f.IdleAfter) })
	}
	for wait := time.Duration(0); ctx.Err() == nil; wait = min(max(2*wait, 100*time.Millisecond), 5*time.Second) {
		read := r.last
		err := r.follow(ctx)
		if errors.Is(err, errRewound) {
			return true, err
		}
		if f.Bus.Over() {
			return true, bus.ErrClosed
		}
		if r.last > read {
			wait = 0
		}
		if ctx.Err() == nil {
			f.Bus.Logger().Debug("reading interrupted", "shard", f.Lease.Name(), "err", err)
		}
		_ = pause.For(ctx, max(wait, 50*time.Millisecond))
	}
	return true, context.Cause(ctx)
}
