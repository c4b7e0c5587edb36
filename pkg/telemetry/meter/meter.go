// Package meter counts and measures what a service does. It needs no OpenTelemetry SDK: package telemetry makes a [Meter]
// for each service and serves the figures as /metrics.
//
//	m.Ended(ctx, "telegram", "sent", delay)
//
// The value of a label comes from a closed set: a network that the program has, a stream, a result. It is never a channel,
// a contact, a message or anything that a stranger writes, so that the number of series has a bound. A value that is measured
// under a context with a sampled span keeps the trace id as an exemplar.
//
// All methods may be called by any number of goroutines at once, and on a nil Meter, which measures nothing.
package meter

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Meter counts and measures for one service.
type Meter struct {
	otel    metric.Meter
	service attribute.KeyValue

	httpServed, httpCalled                  *histogram
	published, processed                    *histogram
	publishedMessages                       *counter
	accepted, refused, calls, duplicates    *counter
	sends, attempts, doubts, suspensions    *counter
	sendDelay, sendDuration                 *histogram
	receipts, deadLetters, lapses, failures *counter
	unkept                                  *counter
	receiptDelay                            *histogram
	owned                                   *counter
	gauges                                  gauges
}

// New makes the meter of a service. Every figure has the service's name as the label service, because the services of one process
// share /metrics.
func New(m metric.Meter, service, version string) (*Meter, error) {
	out := &Meter{otel: m, service: attribute.String("service", service)}
	if err := errors.Join(out.hops(), out.edge(), out.sending(), out.gauges.make(m)); err != nil {
		return nil, err
	}
	out.Observe(func(o Observer) { o.o.ObserveInt64(o.m.gauges.build, 1, o.labels("version", version)) })
	return out, nil
}

// Seconds of histograms. HTTP's and messaging's are those of OpenTelemetry's conventions:
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
var (
	shortTimes = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 60}
	longTimes  = []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400}
)

// counter is one counter with the names of its labels. up says that it can go down too.
type counter struct {
	add    func(ctx context.Context, n int64, options ...metric.AddOption)
	labels sets[metric.AddOption]
}

func (m *Meter) counter(name, unit, what string, labels ...string) (*counter, error) {
	c, err := m.otel.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(what))
	if err != nil {
		return nil, err
	}
	return &counter{add: c.Add, labels: newSets[metric.AddOption](m.service, labels)}, nil
}

func (c *counter) count(ctx context.Context, n int, values values) {
	c.add(ctx, int64(n), c.labels.of(values)...)
}

// histogram is one histogram, in seconds, with the names of its labels.
type histogram struct {
	record func(ctx context.Context, seconds float64, options ...metric.RecordOption)
	labels sets[metric.RecordOption]
}

func (m *Meter) histogram(name, what string, bounds []float64, labels ...string) (*histogram, error) {
	h, err := m.otel.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(what), metric.WithExplicitBucketBoundaries(bounds...))
	if err != nil {
		return nil, err
	}
	return &histogram{record: h.Record, labels: newSets[metric.RecordOption](m.service, labels)}, nil
}

func (h *histogram) measure(ctx context.Context, seconds float64, values values) {
	h.record(ctx, max(seconds, 0), h.labels.of(values)...) // a clock may have been set back
}
