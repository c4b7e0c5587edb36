package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"
)

// Work is how a service works on a queue of events that ends here: MESSAGES at the translator.
type Work struct {
	Stream topology.Stream
	// Verb names the spans: "translate MESSAGES".
	Verb string
	// Concurrency is how many contacts of one unit are worked on at once; default 64.
	Concurrency int
	// Handle acts on one event; events of one contact come one after the other. nil acknowledges; [Later] comes back;
	// [Hopeless] leaves it in the dead letters; any other error is tried again, for ever.
	Handle func(ctx context.Context, e *Entry) error
}

// Unit is one share of a stream that has one owner. Name is unique within service and stream: letters, digits, - and _.
type Unit = topology.Partition

type later struct{ after time.Duration }

func (l later) Error() string { return fmt.Sprintf("not before %s", l.after) }

// Later is a handler's "come back then": nothing is wrong.
func Later(after time.Duration) error { return later{after} }

type hopeless struct{ reason string }

func (h hopeless) Error() string { return h.reason }

// Hopeless is a handler's "this can never be done": the entry goes to the dead letters with the reason, which holds no
// personal data.
func Hopeless(reason string) error { return hopeless{reason} }

// Work works until the context ends, then waits for what is being handled. The processes of a service
// share the units.
func (b *Bus) Work(ctx context.Context, w Work) error {
	if w.Concurrency == 0 {
		w.Concurrency = 64
	}
	return b.own(ctx, always(w.Stream.Name+"-", topology.PartitionsOf(w.Stream)), func(ctx context.Context, u *unit) error {
		q := &queue{
			bus: b, unit: u, stream: w.Stream.Name,
			lanes: lanes.Options{Concurrency: w.Concurrency, Open: true},
			work: func(_ context.Context, s *queueSession, e *Entry) lanes.Next {
				if !u.may() {
					return held
				}
				next := b.handle(u.hard, w, e)
				if !next.Keep {
					return s.finish(e)
				}
				return next
			},
		}
		return q.run(ctx)
	})
}

// held is what becomes of a head while the lease has lapsed: it is looked at again soon.
var held = lanes.Next{Keep: true, After: 250 * time.Millisecond}

func (b *Bus) handle(ctx context.Context, w Work, e *Entry) lanes.Next {
	if err := b.load(ctx, e); errors.Is(err, ErrNotFound) {
		return lanes.Next{}
	} else if err != nil {
		if e.Body != nil { // read, and no event
			return b.burial(ctx, e, Hopeless("the stored message cannot be read"))
		}
		return again(e)
	}
	e.Try++
	ctx, span := b.startSpan(b.about(e.context(ctx), e.Subject, e.Event), w.Verb, w.Stream.Name, trace.SpanKindConsumer, messageID(e.Subject, e.id, e.Sequence))
	defer span.End()
	err := w.Handle(ctx, e)
	if l, ok := errors.AsType[later](err); ok {
		e.Try--
		return lanes.Next{Keep: true, After: l.after}
	}
	if errors.Is(err, ErrName) { // no try will ever be taken
		err = Hopeless(err.Error())
	}
	if h, ok := errors.AsType[hopeless](err); ok {
		span.SetStatus(codes.Error, h.reason)
		return b.burial(ctx, e, h)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		b.log.Warn("not handled, will be tried again", "stream", w.Stream.Name, "sequence", e.Sequence, "try", e.Try, "err", err)
		return again(e)
	}
	return lanes.Next{}
}

// burial leaves the entry in the dead letters; while that fails, it stays where it is.
func (b *Bus) burial(ctx context.Context, e *Entry, cause error) lanes.Next {
	key := e.id
	if key == "" {
		key = fmt.Sprintf("%s-%d", topology.StreamOf(e.Subject), e.Sequence)
	}
	if err := b.bury(ctx, e, key, cause.Error(), nil); err != nil {
		b.log.Warn("dead letter not stored", "err", err)
		return again(e)
	}
	return lanes.Next{}
}

// again is a growing pause, up to five seconds: what failed is our own broker.
func again(e *Entry) lanes.Next {
	top := min(100*time.Millisecond<<min(e.Try, 6), 5*time.Second)
	return lanes.Next{Keep: true, After: top/2 + rand.N(top/2)}
}
