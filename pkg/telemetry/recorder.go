package telemetry

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// Recorder keeps the spans of several services in memory: for tests.
type Recorder struct{ spans *tracetest.SpanRecorder }

// NewRecorder is empty.
func NewRecorder() *Recorder { return &Recorder{spans: tracetest.NewSpanRecorder()} }

// Service is one service's telemetry; its spans go to the recorder.
func (r *Recorder) Service(name string) *Telemetry {
	t, err := with(context.Background(), name, "test", sdktrace.WithSpanProcessor(r.spans))
	if err != nil {
		panic(err) // of the environment's attributes
	}
	return t
}

// Ended are the spans that have ended.
func (r *Recorder) Ended() []sdktrace.ReadOnlySpan { return r.spans.Ended() }
