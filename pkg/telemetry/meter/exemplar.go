package meter

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// exemplarEvery is for how long an exemplar stays: to make one for every measurement would take many times as long as to measure.
const exemplarEvery = time.Second

// exemplar is when a series, or a bucket of a histogram, took its exemplar.
type exemplar struct{ at atomic.Pointer[time.Time] }

// of leads from a measurement to its trace. It is nil while the last one stays, which the client then leaves in place.
func (e *exemplar) of(span trace.SpanContext) prometheus.Labels {
	now, last := time.Now(), e.at.Load()
	if last != nil && now.Sub(*last) < exemplarEvery {
		return nil
	}
	if taken := now; !e.at.CompareAndSwap(last, &taken) { // another goroutine takes its own
		return nil
	}
	return prometheus.Labels{"trace_id": span.TraceID().String(), "span_id": span.SpanID().String()}
}

// sampled is the span that a measurement is made under, if its trace is sampled.
func sampled(ctx context.Context) (span trace.SpanContext, ok bool) {
	span = trace.SpanContextFromContext(ctx)
	return span, span.IsSampled()
}
