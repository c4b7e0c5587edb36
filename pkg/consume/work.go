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
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// concurrency is how many lanes of one shard are worked on at once by default.
const concurrency = 64

// Work has a function handle the events of a stream of unfinished work: MESSAGES, at the translator. All fields but Concurrency are
// required.
type Work struct {
	// Stream holds them. Its partitions are the shards.
	Stream topology.Stream
	// Verb names the spans: "translate MESSAGES".
	Verb string
	// Concurrency is how many contacts of one partition are worked on at once; default 64.
	Concurrency int
	// Handle acts on one event. Events of one contact come one after the other, in the order of the stream; many goroutines call it
	// at once for others. See the package comment for what it may return. Its context ends not at a stop, but when the grace that
	// a stop leaves is over ([shard.Lease.Hard]).
	Handle func(ctx context.Context, e *Entry) error
}

// Run works until the context ends, then waits for what is being handled. The processes of a service share the
// partitions. It returns what [shard.Group.Own] does: nil after a stop.
func (w Work) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	if w.Concurrency == 0 {
		w.Concurrency = concurrency
	}
	return g.Own(ctx, shard.Evenly(w.Stream.Name+"-", topology.PartitionsOf(w.Stream)), func(ctx context.Context, l *shard.Lease) error {
		return Feed{Bus: b, Lease: l, Stream: w.Stream.Name, Open: func(string) Options {
			return Options{
				Lanes: lanes.Options{Concurrency: w.Concurrency, Open: true},
				Work:  func(_ context.Context, e *Entry) lanes.Next { return w.handle(l.Hard(), b, e) },
			}
		}}.Run(ctx)
	})
}

// handle is one try, and decides by the handler's error what follows.
func (w Work) handle(ctx context.Context, b *bus.Bus, e *Entry) lanes.Next {
	if e.Event == nil {
		return Bury(ctx, b, e, reason.UnreadableMessage)
	}
	e.Try++
	ctx, span := b.StartSpan(b.About(e.Context(ctx), e.Subject, e.Event), w.Verb, w.Stream.Name, trace.SpanKindConsumer, bus.MessageID(e.Subject, e.ID, e.Sequence))
	defer span.End()
	begun := time.Now()
	err := w.Handle(ctx, e)
	b.Meter().Processed(ctx, w.Verb, w.Stream.Name, fault(err), time.Since(begun))
	// nothing went wrong: neither the count nor the span says so
	if r, ok := errors.AsType[retryAfter](err); ok {
		e.Try--
		return lanes.Next{Keep: true, After: r.after}
	}
	if errors.Is(err, bus.ErrName) { // no try will ever be taken
		err = Permanent(reason.BadName.With("detail", err))
	}
	if p, ok := errors.AsType[permanent](err); ok {
		span.SetStatus(codes.Error, p.why.String())
		return Bury(ctx, b, e, p.why)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		b.Logger().WarnContext(ctx, "not handled, will be tried again", "stream", w.Stream.Name, "sequence", e.Sequence, "try", e.Try, "err", err)
		return Backoff(e.Try)
	}
	failpoint.Translated.Reach()
	return lanes.Next{}
}

// Bury leaves an entry in the dead letters, with a reason that holds no content and no personal data, and finishes
// it. While the letter cannot be stored the entry stays where it is and is tried again: it is never taken out
// first. The letter's key is the entry's id, or else names its place, so that a repeat is the same letter.
func Bury(ctx context.Context, b *bus.Bus, e *Entry, why reason.Reason) lanes.Next {
	key := e.ID
	if key == "" {
		key = fmt.Sprintf("%s-%d", topology.StreamOf(e.Subject), e.Sequence)
	}
	if err := deadletter.Bury(ctx, b, burial(e, key, why)); err != nil {
		b.Logger().Warn("dead letter not stored", "err", err)
		return Backoff(e.Try)
	}
	return lanes.Next{}
}

// burial is an entry as [deadletter.Bury] takes it, with all that is needed to bring it back.
func burial(e *Entry, key string, why reason.Reason) deadletter.Burial {
	return deadletter.Burial{Subject: e.Subject, Sequence: e.Sequence, Key: key, Why: why, Body: e.Body, Event: e.Event}
}
