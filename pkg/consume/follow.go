package consume

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// Follow is how a service reads a stream with limits, WEBHOOKS_* or OUTCOMES_*: in order from where it stopped. What
// was read before a crash and not finished is read again, so tasks can be repeated without harm.
type Follow struct {
	Stream topology.Stream
	// Verb names the spans: "receive WEBHOOKS_telegram".
	Verb string
	// Split takes an entry apart into tasks; tasks of one lane are done one after the other, in order. An error means
	// that the entry cannot be read: it goes to the dead letters.
	Split func(ctx context.Context, e *Entry) ([]Task, error)
	// Concurrency is how many lanes of one partition are worked on at once; default 64.
	Concurrency int
}

// Task is a piece of an entry's work.
type Task struct {
	// Lane is the queue that the task keeps its order in.
	Lane string
	// Do is repeated until it returns nil; [RetryAfter] comes back without counting as a failure; [Permanent] leaves the
	// entry in the dead letters, for this task: each has a letter of its own.
	Do func(ctx context.Context) error
}

// Run reads until the context ends, then waits for the tasks that are being done. The processes of a service share the
// partitions.
func (f Follow) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	if f.Concurrency == 0 {
		f.Concurrency = concurrency
	}
	return g.Own(ctx, shard.Always(f.Stream.Name+"-", topology.PartitionsOf(f.Stream)), func(ctx context.Context, l *shard.Lease) error {
		return (&follower{Follow: f, bus: b, lease: l}).run(ctx)
	})
}

// follower reads one partition.
type follower struct {
	Follow
	bus   *bus.Bus
	lease *shard.Lease
}

func (f *follower) run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := f.session(ctx)
		if errors.Is(err, shard.ErrLost) {
			return fmt.Errorf("shard %s: %w", f.lease.Name(), err)
		}
		if f.bus.Over() && ctx.Err() == nil {
			return bus.ErrClosed
		}
		if ctx.Err() == nil {
			f.bus.Logger().Debug("reading interrupted", "shard", f.lease.Name(), "err", err)
			_ = bus.Pause(ctx, 200*time.Millisecond)
		}
	}
	return nil
}

// piece is a [Task] of an entry, in its lane.
type piece struct {
	Task
	entry *Entry
	place int // among the entry's tasks
	left  *counter
	try   int
}

// session reads with one reader until it ends, and returns why.
func (f *follower) session(parent context.Context) error {
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	if err := f.checkPosition(ctx); err != nil {
		return err
	}
	position := newPosition(f.lease.Record().Position)
	set := lanes.New(ctx, lanes.Options{Concurrency: f.Concurrency, Open: true}, func(_ context.Context, p *piece) lanes.Next { return f.do(p) })
	defer f.saving(ctx, end, position)()
	defer set.Stop()
	reader, err := f.bus.Reader(ctx, f.Stream.Name, f.lease.Filter(), f.lease.Record().Position)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		if err := position.room(ctx); err != nil {
			return context.Cause(ctx)
		}
		m, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		f.take(ctx, set, position, entryOf(m))
	}
}

// take puts an entry's tasks into their lanes.
func (f *follower) take(ctx context.Context, set *lanes.Set[*piece], p *position, e *Entry) {
	p.begin(e.Sequence)
	tasks, err := f.Split(ctx, e)
	if err != nil && ctx.Err() != nil {
		return // it was interrupted, and is read again
	}
	if err != nil {
		tasks = []Task{{Lane: "unreadable", Do: func(ctx context.Context) error {
			return deadletter.Bury(ctx, f.bus, burial(e, f.letterKey(e, 0), err.Error()))
		}}}
	}
	left := &counter{left: len(tasks), done: func() { p.finish(e.Sequence) }}
	if len(tasks) == 0 {
		p.finish(e.Sequence)
	}
	for place, t := range tasks {
		set.Push(t.Lane, &piece{Task: t, entry: e, place: place, left: left})
	}
}

// letterKey names the dead letter of an entry's task. The first one's is the entry's own.
func (f *follower) letterKey(e *Entry, place int) string {
	key := fmt.Sprintf("%s-%d", f.Stream.Name, e.Sequence)
	if place > 0 {
		key += fmt.Sprintf("-%d", place)
	}
	return key
}

// do is one try of a task.
func (f *follower) do(p *piece) lanes.Next {
	if !f.lease.Valid() {
		return lapsed
	}
	p.try++
	parent := p.entry.message.Context(f.lease.Hard())
	if p.try > 1 {
		parent = bus.WithRepeat(parent)
	}
	ctx, span := f.bus.StartSpan(f.bus.About(parent, p.entry.Subject, nil), f.Verb, f.Stream.Name, trace.SpanKindConsumer,
		bus.MessageID(p.entry.Subject, p.entry.ID, p.entry.Sequence))
	defer span.End()
	err := p.Do(ctx)
	if r, ok := errors.AsType[retryAfter](err); ok {
		p.try--
		return lanes.Next{Keep: true, After: r.after}
	}
	if errors.Is(err, bus.ErrName) { // no try will ever be taken
		err = Permanent(err.Error())
	}
	if d, ok := errors.AsType[permanent](err); ok {
		err = deadletter.Bury(ctx, f.bus, burial(p.entry, f.letterKey(p.entry, p.place), d.reason))
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		f.bus.Logger().Warn("not handled, will be tried again", "stream", f.Stream.Name, "sequence", p.entry.Sequence, "try", p.try, "err", err)
		return Backoff(p.try)
	}
	p.left.one()
	return lanes.Next{}
}
