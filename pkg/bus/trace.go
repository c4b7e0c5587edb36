package bus

import (
	"cmp"
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"
)

// repeatKey marks a context by [WithRepeat]. It travels by context, since whoever knows that a try is not the first stands
// several calls above whoever publishes.
type repeatKey struct{}

// WithRepeat marks what is published under this context as possibly published before, as [Post].Repeat does for one post.
func WithRepeat(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatKey{}, true)
}

func repeated(ctx context.Context) bool { return ctx.Value(repeatKey{}) != nil }

// TraceParent is the W3C traceparent of the context's span, "" for none: for a record that joins a later call to the
// same trace.
func TraceParent(ctx context.Context) string {
	return traceparent.Of(ctx)
}

// JoinTrace is a context under the trace that [TraceParent] wrote down, in a span that links to where the context was
// before. Without a traceparent it changes nothing. The function ends the span.
func (b *Bus) JoinTrace(ctx context.Context, parent, verb, stream string) (context.Context, func()) {
	link := trace.LinkFromContext(ctx)
	// a context that is in the trace already needs no span of its own
	joined := traceparent.Join(ctx, parent)
	if there := trace.SpanContextFromContext(joined); parent == "" || there.TraceID() == link.SpanContext.TraceID() {
		return ctx, func() {}
	}
	joined, span := b.StartSpan(joined, verb, stream, trace.SpanKindConsumer)
	span.AddLink(link)
	return joined, func() { span.End() }
}

// TraceID is the trace of the context in 32 hex digits, "" for none.
func TraceID(ctx context.Context) string {
	if sc := trace.SpanContextFromContext(ctx); sc.HasTraceID() {
		return sc.TraceID().String()
	}
	return ""
}

// StartSpan begins the span of a hop: "publish EGRESS_telegram". Its kind is producer for what is stored, else consumer. extra holds
// names and counts, never content. The caller ends the span. It follows OpenTelemetry's messaging conventions:
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
func (b *Bus) StartSpan(ctx context.Context, verb, stream string, kind trace.SpanKind, extra ...attribute.KeyValue) (context.Context, trace.Span) {
	if b.untraced {
		return ctx, noop.Span{} // what nobody reads is not put together
	}
	// the conventions know few types of operation; the verb that people look for is the name
	operation := "process"
	if kind == trace.SpanKindProducer {
		operation = "send"
	}
	attrs := append(extra,
		attribute.String("messaging.system", "nats"),
		attribute.String("messaging.operation.name", verb),
		attribute.String("messaging.operation.type", operation),
		attribute.String("messaging.destination.name", stream),
	)
	return b.tracer.Start(ctx, verb+" "+stream, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
}

// About says which message the spans are of that begin under the context: by what is stored, where that tells it, and
// by its subject. body is a protobuf message, or nil. Without tracing it changes nothing.
func (b *Bus) About(ctx context.Context, subject string, body any) context.Context {
	if b.untraced {
		return ctx
	}
	network, channel := topology.PlaceOf(subject)
	if network == topology.Platform {
		network = "" // it is no network
	}
	about := topology.About(body)
	return label.With(ctx, cmp.Or(about.Network, network), cmp.Or(about.Channel, channel), about.ID)
}

// Label says which message the span of the context is of, and those that begin under what it returns: see [label.Message]. Without
// tracing it changes nothing.
func (b *Bus) Label(ctx context.Context, network, channel, id string) context.Context {
	if b.untraced {
		return ctx
	}
	return label.Message(ctx, network, channel, id)
}

// MessageID is the attribute that names a stored message: its Nats-Msg-Id, else the key of an outcome, else where it is
// stored. It is never empty.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#messaging-attributes
func MessageID(subject, id string, sequence uint64) attribute.KeyValue {
	if id == "" {
		id = topology.OutcomeKey(subject)
	}
	if id == "" {
		id = fmt.Sprintf("%s-%d", topology.StreamOf(subject), sequence)
	}
	return attribute.String("messaging.message.id", id)
}
