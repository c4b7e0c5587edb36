// Package consume reads the streams for the services. It gives each stored message to a handler, in the order of its contact, and
// remembers that it is finished when the handler has finished it.
//
// There are two ways to read. Both read a partition in the stream's order, from a position that is stored in the lease record:
//
//   - [Feed] is for streams of unfinished work: MESSAGES and EGRESS_*. An entry that is finished leaves the stream. [Work] is a Feed
//     for a service that only says "done" or "again".
//   - [Follow] is for streams that keep what was read for a time: WEBHOOKS_* and OUTCOMES_*.
//
// # What a handler answers
//
// nil finishes the entry. [RetryAfter] has it come back after a time. [Permanent] moves it to the dead letters. Any other error has it
// tried again, without end, after 0.1 to 5 s. What is behind the entry in its lane waits meanwhile; other lanes go on.
//
// # What can happen
//
// The processes of a service share the partitions of a stream by leases ([shard.Group]); each partition has one reader at a time. After a
// crash the next reader reads again what was not finished, and some of what was. So every handler has to bear a repeat. It is
// marked: by [Entry.Suspect] for the handler, and in what the handler publishes under its context for those behind it.
//
// An entry that is unfinished after five seconds is set aside: it stays in the stream and in its lane, and the position passes it. So
// one that waits for an hour holds back nothing else, and costs the next owner one read.
//
// # What it costs
//
// A message that waits takes 24 bytes of memory. Its body is kept as long as the process keeps less than [HeldBytes] for all of them,
// and less than 1.5 MB for the channel; otherwise it is read again when its turn comes, which takes about 0.1 ms.
//
// # Where to look
//
// In the order of a message: feed.go takes a partition, partition.go finds where it was left, read.go reads it into
// queues, one for each channel, and internal/inherited reads what was set aside in it before; queue.go has what waits of a channel.
// entry.go is what a handler gets, work.go and follow.go call it, errors.go is what it can answer. internal/progress knows how far the
// partition is finished; keep.go stores that and removes what is finished. position.go and internal/retention do so for [Follow]. watch.go
// finds out whether the stream is still the one that was read.
// internal/budget bounds what is kept in memory. look.go tells an operator what waits.
package consume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/inherited"
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
	before := inheritance(p, waiting, aside)
	k := &keeper{p, before}
	r := &reader{partition: p, queues: waiting, inherits: before, last: p.found}
	defer k.finish(parent)
	var beside sync.WaitGroup
	defer p.workers.Stop()
	defer beside.Wait()
	defer waiting.stop()
	defer end(nil)
	beside.Go(func() { before.Read(ctx) })
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

// inheritance is what was set aside of these subjects before this process had the partition.
func inheritance(p *partition, q *queues, subjects []string) *inherited.Inheritance {
	return inherited.New(inherited.Partition{
		Bus: p.Bus, Stream: p.Stream, Shard: p.Lease.Name(), Found: p.found, Push: q.push, Adopt: p.progress.Adopt,
	}, subjects)
}
