// Package traceparent carries the trace across a hop in a message's headers, as W3C has it: traceparent and tracestate.
// https://www.w3.org/TR/trace-context/
package traceparent

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
)

// the only propagator: W3C trace context. Baggage could carry what must not leave a service.
var propagator = propagation.TraceContext{}

// header is how the propagator spells the name of traceparent in a carrier of headers.
const header = "Traceparent"

// Inject writes the trace of the context into the headers; nothing where there is none.
func Inject(ctx context.Context, h nats.Header) {
	propagator.Inject(ctx, propagation.HeaderCarrier(h))
}

// Extract is a context under the trace that the headers tell. A header that cannot be read is as none: the message begins a
// trace of its own.
func Extract(ctx context.Context, h nats.Header) context.Context {
	// without a trace, which is the most, the propagator would spell the name anew each time
	if _, traced := h[header]; !traced {
		return ctx
	}
	return propagator.Extract(ctx, propagation.HeaderCarrier(h))
}

// Of is the traceparent of the context's span, "" for none.
func Of(ctx context.Context) string {
	h := propagation.MapCarrier{}
	propagator.Inject(ctx, h)
	return h["traceparent"]
}

// Join is a context under the trace of a traceparent; the same one where it is none.
func Join(ctx context.Context, traceparent string) context.Context {
	return propagator.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
}
