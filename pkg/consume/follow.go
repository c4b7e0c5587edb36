package consume

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/consume/internal/retention"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// Follow reads a stream that keeps what was read for a time, WEBHOOKS_* or OUTCOMES_*, in order from where it stopped. After a crash it
// reads again what was not finished, and what was finished in the last second: tasks have to bear a repeat. All fields but
// Concurrency are required.
type Follow struct {
	// Stream is what is read. Its partitions are the shards.
	Stream topology.Stream
	// Verb names the spans: "receive WEBHOOKS_telegram".
	Verb string
	// Split takes an entry apart into tasks; tasks of one lane are done one after the other, in the order of the
	// stream. No task at all finishes the entry. It is called by one goroutine for each partition, in the stream's
	// order, and holds back all that is behind it: it should be short. An error means that the entry cannot be read:
	// it goes to the dead letters with the error's text, which holds no content. An error after the context has ended
	// does not count.
	Split func(ctx context.Context, e *Entry) ([]Task, error)
	// Concurrency is how many lanes of one partition are worked on at once; default 64.
	Concurrency int
}

// Task is a piece of an entry's work. The entry is finished when all of its tasks are.
type Task struct {
	// Lane is the queue that the task keeps its order in, within its partition. Tasks of different lanes are done at
	// once, those of one entry too.
	Lane string
	// Do is called again until it returns nil. [RetryAfter] does not count as a failure. [Permanent] puts the entry into the dead
	// letters for this task; each task has a letter of its own. At a stop its context goes on for the grace of the lease
	// ([shard.Lease.Hard]), so that what was begun can be finished.
	Do func(ctx context.Context) error
}

// Run reads until the context ends, then waits for the tasks that are being done. The processes of a service share
// the partitions. It returns what [shard.Group.Own] does: nil after a stop, and [bus.ErrClosed] where there will be
// no connection any more.
func (f Follow) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	if f.Concurrency == 0 {
		f.Concurrency = concurrency
	}
	return g.Own(ctx, shard.Evenly(f.Stream.Name+"-", topology.PartitionsOf(f.Stream)), func(ctx context.Context, l *shard.Lease) error {
		return (&follower{Follow: f, bus: b, lease: l}).run(ctx)
	})
}

// follower reads one partition, while this process owns it.
type follower struct {
	Follow
	bus   *bus.Bus
	lease *shard.Lease
	// created is when the stream was made that is read; the zero time before the first session. rewound says that it was found not
	// to be the one that was read, and was not read from its start since.
	created time.Time
	rewound bool
	// finished takes out what is finished; nil until the stream is known. It outlives a session, since it goes by what was an hour ago.
	finished *retention.Retention
	// held are the entries whose tasks are done and that are not finished: see [Entry.Hold].
	held progress.Tally
}

// run reads with session after session. Whatever ends a session, the next one begins where the position stands.
func (f *follower) run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := f.session(ctx)
		f.rewound = f.rewound || errors.Is(err, errRewound)
		if errors.Is(err, shard.ErrLost) {
			return fmt.Errorf("shard %s: %w", f.lease.Name(), err)
		}
		if f.bus.Over() && ctx.Err() == nil {
			return bus.ErrClosed
		}
		if ctx.Err() == nil {
			f.bus.Logger().Debug("reading interrupted", "shard", f.lease.Name(), "err", err)
			_ = pause.For(ctx, 200*time.Millisecond)
		}
	}
	return nil
}

// piece is a [Task] of an entry, in its lane. Only the goroutine that does the lane's head touches it.
type piece struct {
	Task
	entry *Entry
	// place is its number among the entry's tasks, from 0: it tells the dead letters of one entry apart.
	place int
	// left is shared by the pieces of one entry, and finishes it with the last of them.
	left *progress.Counter
	// try counts from 1.
	try int
}

// session reads with one reader until it ends, and returns why. When it returns no task of it runs any more, and the
// position is stored as far as the lease and the broker allow.
func (f *follower) session(parent context.Context) error {
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	if err := f.checkPosition(ctx); err != nil {
		return err
	}
	position := progress.NewPosition(f.lease.Record().Position)
	set := lanes.New(ctx, lanes.Options{Concurrency: f.Concurrency, Open: true}, func(_ context.Context, p *piece) lanes.Next { return f.do(p) })
	// deferred before the set's stop, so run after it: what the last tasks finish is in the position that is stored
	// last
	defer f.saving(ctx, end, position)()
	defer set.Stop()
	for last := f.lease.Record().Position; ; {
		err := f.read(ctx, set, position, &last)
		if !errors.Is(err, errMissed) {
			return err
		}
		// another reader goes on behind the last entry; what is being worked on need not wait for that
		f.bus.Logger().Debug("reading interrupted", "shard", f.lease.Name(), "err", err)
	}
}

// read reads what is behind an entry with one reader until it ends, and returns why. last is the last entry that was read.
func (f *follower) read(ctx context.Context, set *lanes.Set[*piece], p *progress.Position, last *uint64) error {
	reader, err := f.bus.Reader(ctx, f.Stream.Name, f.lease.Filter(), *last)
	if err != nil {
		return cmp.Or(context.Cause(ctx), err) // what ended the session counts, such as errRewound
	}
	defer reader.Close()
	look := missing{bus: f.bus, stream: f.Stream.Name, filter: f.lease.Filter()}
	for {
		// wait before reading, not after: what is read and not finished is in memory
		if err := p.Room(ctx); err != nil {
			return context.Cause(ctx)
		}
		m, err := look.next(ctx, reader, *last, nil)
		if err != nil {
			return err
		}
		if m != nil {
			*last = m.Sequence
			f.take(ctx, set, p, entryOf(m))
		}
	}
}

// take puts an entry's tasks into their lanes. The position counts the entry as begun first: a task may be done
// before the last one is pushed.
func (f *follower) take(ctx context.Context, set *lanes.Set[*piece], p *progress.Position, e *Entry) {
	p.Begin(e.Sequence)
	tasks, err := f.Split(ctx, e)
	if err != nil && ctx.Err() != nil {
		// it was interrupted, and is read again: it stays begun, so that the position cannot pass it
		return
	}
	if err != nil {
		tasks = []Task{{Lane: "unreadable", Do: func(ctx context.Context) error {
			return deadletter.Bury(ctx, f.bus, burial(e, f.letterKey(e, 0), unreadable(err)))
		}}}
	}
	left := progress.NewCounter(len(tasks), func() {
		f.held.Add(1)
		e.holds.Finish(func() {
			p.Finish(e.Sequence)
			f.held.Add(-1)
		})
	})
	if len(tasks) == 0 {
		p.Finish(e.Sequence)
	}
	for place, t := range tasks {
		set.Push(t.Lane, &piece{Task: t, entry: e, place: place, left: left})
	}
}

// letterKey names the dead letter of an entry's task. The first one's is the entry's own. The same task has the same
// key in every process, so that a repeat after a crash does not bury it twice.
func (f *follower) letterKey(e *Entry, place int) string {
	key := fmt.Sprintf("%s-%d", f.Stream.Name, e.Sequence)
	if place > 0 {
		key += fmt.Sprintf("-%d", place)
	}
	return key
}

// do is one try of a task. It goes on with the lease's hard context: a stop does not cut it off.
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
	begun := time.Now()
	err := p.Do(ctx)
	f.bus.Meter().Processed(ctx, f.Verb, f.Stream.Name, fault(err), time.Since(begun))
	if r, ok := errors.AsType[retryAfter](err); ok {
		p.try--
		return lanes.Next{Keep: true, After: r.after}
	}
	if errors.Is(err, bus.ErrName) { // no try will ever be taken
		err = Permanent(reason.BadName.With("detail", err))
	}
	if d, ok := errors.AsType[permanent](err); ok {
		letter := burial(p.entry, f.letterKey(p.entry, p.place), d.why)
		if d.body != nil {
			letter.Body = d.body
		}
		err = deadletter.Bury(ctx, f.bus, letter)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		f.bus.Logger().WarnContext(ctx, "not handled, will be tried again", "stream", f.Stream.Name, "sequence", p.entry.Sequence, "try", p.try, "err", err)
		return Backoff(p.try)
	}
	// the task is done, or its dead letter is stored: only now may the position pass the entry
	p.left.One()
	return lanes.Next{}
}

// unreadable is why an entry cannot be read: as its reader says, where that is [Permanent], or else in the reader's words.
func unreadable(err error) reason.Reason {
	if p, ok := errors.AsType[permanent](err); ok {
		return p.why
	}
	return reason.Unreadable.With("detail", err)
}
