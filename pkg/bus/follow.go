package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/lanes"
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
	Lane string
	// Do is repeated until it returns nil; [Later] comes back without counting as a failure; [Hopeless] leaves the entry
	// in the dead letters, for this task: each has a letter of its own.
	Do func(ctx context.Context) error
}

// Bounds of one partition's reading.
const (
	followWindow  = 8192 // entries that are read and not finished
	positionEvery = time.Second
	followBytes   = topology.MaxPayload + 64<<10 // under way from the broker: at least one of the largest
)

// Follow reads until the context ends, then waits for the tasks that are being done.
func (b *Bus) Follow(ctx context.Context, f Follow) error {
	if f.Concurrency == 0 {
		f.Concurrency = 64
	}
	units := topology.PartitionsOf(f.Stream)
	for _, u := range units {
		if err := errors.Join(checkName(f.Stream.Name), checkFilter(u.Filter)); err != nil {
			return fmt.Errorf("read %s: %w", u.Name, err)
		}
	}
	return b.own(ctx, always(f.Stream.Name+"-", units), func(ctx context.Context, u *unit) error {
		r := &reader{bus: b, follow: f, unit: u, hard: u.hard}
		return r.run(ctx)
	})
}

type reader struct {
	bus    *Bus
	follow Follow
	unit   *unit
	hard   context.Context
}

func (r *reader) run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := r.session(ctx)
		if errors.Is(err, errLost) {
			return fmt.Errorf("unit %s: %w", r.unit.name, err)
		}
		if r.bus.over() && ctx.Err() == nil {
			return errClosed
		}
		if ctx.Err() == nil {
			r.bus.log.Debug("reading interrupted", "unit", r.unit.name, "err", err)
			_ = pause(ctx, 200*time.Millisecond)
		}
	}
	return nil
}

// task is a Task in its lane.
type task struct {
	Task
	entry *Entry
	place int // among the entry's tasks
	left  *counter
	try   int
}

func (r *reader) session(parent context.Context) error {
	during, cancel := r.bus.link().during(parent)
	defer cancel()
	ctx, end := context.WithCancelCause(during)
	defer end(nil)
	if err := r.checkPosition(ctx); err != nil {
		return err
	}
	progress := newProgress(r.unit.position())
	set := lanes.New(ctx, lanes.Options{Concurrency: r.follow.Concurrency, Open: true}, func(_ context.Context, t *task) lanes.Next { return r.do(t) })
	var saving sync.WaitGroup
	saving.Go(func() { r.save(ctx, end, progress) })
	defer func() {
		set.Stop()
		end(nil)
		saving.Wait()
		save, cancel := context.WithTimeout(r.hard, requestTimeout)
		defer cancel()
		_ = r.store(save, progress)
	}()
	consumer, err := r.bus.js().OrderedConsumer(ctx, r.follow.Stream.Name, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{r.unit.filter}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: r.unit.position() + 1,
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", r.follow.Stream.Name, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(64, followBytes), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(5*time.Second))
	if err != nil {
		return fmt.Errorf("read %s: %w", r.follow.Stream.Name, err)
	}
	next := heard(ctx, messages)
	for {
		if err := progress.room(ctx); err != nil {
			return context.Cause(ctx)
		}
		var m jetstream.Msg
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case n := <-next:
			if n.err != nil {
				return fmt.Errorf("read %s: %w", r.follow.Stream.Name, n.err)
			}
			m = n.msg
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("read %s: %w", r.follow.Stream.Name, err)
		}
		r.take(ctx, set, progress, entryOf(m, meta))
	}
}

// delivered is a message, or why there will be none.
type delivered struct {
	msg jetstream.Msg
	err error
}

// heard reads until the context ends. It is not waited for: while the client makes its consumer anew, which takes as long
// as the broker is away, it cannot be stopped, and whoever gives a unit up must not be held back by that.
func heard(ctx context.Context, messages jetstream.MessagesContext) <-chan delivered {
	next := make(chan delivered)
	context.AfterFunc(ctx, messages.Stop)
	go func() {
		for {
			m, err := messages.Next()
			select {
			case next <- delivered{m, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return next
}

// take puts an entry's tasks into their lanes.
func (r *reader) take(ctx context.Context, set *lanes.Set[*task], p *progress, e *Entry) {
	p.begin(e.Sequence)
	tasks, err := r.follow.Split(ctx, e)
	if err != nil && ctx.Err() != nil {
		return // it was interrupted, and is read again
	}
	if err != nil {
		tasks = []Task{{Lane: "unreadable", Do: func(ctx context.Context) error {
			return r.bus.bury(ctx, e, r.letterKey(e, 0), err.Error(), nil)
		}}}
	}
	left := &counter{left: len(tasks), done: func() { p.finish(e.Sequence) }}
	if len(tasks) == 0 {
		p.finish(e.Sequence)
	}
	for place, t := range tasks {
		set.Push(t.Lane, &task{Task: t, entry: e, place: place, left: left})
	}
}

// letterKey names the dead letter of an entry's task. The first one's is the entry's own.
func (r *reader) letterKey(e *Entry, place int) string {
	key := fmt.Sprintf("%s-%d", r.follow.Stream.Name, e.Sequence)
	if place > 0 {
		key += fmt.Sprintf("-%d", place)
	}
	return key
}

func (r *reader) do(t *task) lanes.Next {
	if !r.unit.may() {
		return held
	}
	t.try++
	parent := extract(r.hard, t.entry.header)
	if t.try > 1 {
		parent = withRepeat(parent)
	}
	ctx, span := r.bus.startSpan(r.bus.about(parent, t.entry.Subject, nil), r.follow.Verb, r.follow.Stream.Name, trace.SpanKindConsumer,
		messageID(t.entry.Subject, t.entry.id, t.entry.Sequence))
	defer span.End()
	err := t.Do(ctx)
	if l, ok := errors.AsType[later](err); ok {
		t.try--
		return lanes.Next{Keep: true, After: l.after}
	}
	if errors.Is(err, ErrName) { // no try will ever be taken
		err = Hopeless(err.Error())
	}
	if h, ok := errors.AsType[hopeless](err); ok {
		err = r.bus.bury(ctx, t.entry, r.letterKey(t.entry, t.place), h.reason, nil)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		r.bus.log.Warn("not handled, will be tried again", "stream", r.follow.Stream.Name, "sequence", t.entry.Sequence, "try", t.try, "err", err)
		top := min(100*time.Millisecond<<min(t.try, 6), 5*time.Second)
		return lanes.Next{Keep: true, After: top/2 + rand.N(top/2)}
	}
	t.left.one()
	return lanes.Next{}
}

// save writes the position every second.
func (r *reader) save(ctx context.Context, end context.CancelCauseFunc, p *progress) {
	tidy := tidier{reader: r}
	for pause(ctx, positionEvery) == nil {
		tidy.tick(ctx, r.unit.position())
		if err := r.store(ctx, p); errors.Is(err, errLost) {
			end(err)
		} else if err != nil && ctx.Err() == nil {
			r.bus.log.Debug("position not stored", "unit", r.unit.name, "err", err)
		}
	}
}

func (r *reader) store(ctx context.Context, p *progress) error {
	at := p.position()
	if at == r.unit.position() {
		return nil
	}
	return r.unit.change(ctx, func(u *unitRecord) { u.Position = at })
}
