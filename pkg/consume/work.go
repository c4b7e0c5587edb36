package consume

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// concurrency is how many lanes of one shard are worked on at once by default.
const concurrency = 64

// Work is how a service works on a queue of events that ends here: MESSAGES at the translator.
type Work struct {
	Stream topology.Stream
	// Verb names the spans: "translate MESSAGES".
	Verb string
	// Concurrency is how many contacts of one partition are worked on at once; default 64.
	Concurrency int
	// Handle acts on one event; events of one contact come one after the other. nil acknowledges; see the package comment
	// for the errors.
	Handle func(ctx context.Context, e *Entry) error
}

// Run works until the context ends, then waits for what is being handled. The processes of a service share the partitions.
func (w Work) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	if w.Concurrency == 0 {
		w.Concurrency = concurrency
	}
	return g.Own(ctx, shard.Always(w.Stream.Name+"-", topology.PartitionsOf(w.Stream)), func(ctx context.Context, l *shard.Lease) error {
		q := &Queue{
			Bus: b, Lease: l, Stream: w.Stream.Name, Lanes: lanes.Options{Concurrency: w.Concurrency, Open: true},
			Work: func(_ context.Context, e *Entry) lanes.Next { return w.handle(l.Hard(), b, e) },
		}
		return q.Run(ctx)
	})
}

// handle is one try.
func (w Work) handle(ctx context.Context, b *bus.Bus, e *Entry) lanes.Next {
	if e.Event == nil {
		return Bury(ctx, b, e, "the stored message cannot be read")
	}
	e.Try++
	ctx, span := b.StartSpan(b.About(e.Context(ctx), e.Subject, e.Event), w.Verb, w.Stream.Name, trace.SpanKindConsumer, bus.MessageID(e.Subject, e.ID, e.Sequence))
	defer span.End()
	err := w.Handle(ctx, e)
	if r, ok := errors.AsType[retryAfter](err); ok {
		e.Try--
		return lanes.Next{Keep: true, After: r.after}
	}
	if errors.Is(err, bus.ErrName) { // no try will ever be taken
		err = Permanent(err.Error())
	}
	if p, ok := errors.AsType[permanent](err); ok {
		span.SetStatus(codes.Error, p.reason)
		return Bury(ctx, b, e, p.reason)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		b.Logger().Warn("not handled, will be tried again", "stream", w.Stream.Name, "sequence", e.Sequence, "try", e.Try, "err", err)
		return Backoff(e.Try)
	}
	return lanes.Next{}
}

// Bury leaves an entry in the dead letters; while that fails, it stays where it is.
func Bury(ctx context.Context, b *bus.Bus, e *Entry, reason string) lanes.Next {
	key := e.ID
	if key == "" {
		key = fmt.Sprintf("%s-%d", topology.StreamOf(e.Subject), e.Sequence)
	}
	if err := deadletter.Bury(ctx, b, burial(e, key, reason)); err != nil {
		b.Logger().Warn("dead letter not stored", "err", err)
		return Backoff(e.Try)
	}
	return lanes.Next{}
}

func burial(e *Entry, key, reason string) deadletter.Burial {
	return deadletter.Burial{Subject: e.Subject, Sequence: e.Sequence, Key: key, Reason: reason, Body: e.Body, Event: e.Event}
}
