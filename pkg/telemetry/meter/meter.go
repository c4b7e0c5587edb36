// Package meter counts and measures what a service does, by Prometheus' own client. Package telemetry makes a [Meter] for each service
// and serves the figures as /metrics.
//
//	m.Ended(ctx, "telegram", "sent", delay)
//
// The value of a label comes from a closed set: a network that the program has, a stream, a result. It is never a channel,
// a contact, a message or anything that a stranger writes, so that the number of series has a bound. A value that is measured
// under a context with a sampled span leaves the trace id as an exemplar, for a second at least.
//
// All methods may be called by any number of goroutines at once, and on a nil Meter, which measures nothing.
package meter

import "github.com/prometheus/client_golang/prometheus"

// Meter counts and measures for one service. It is a [prometheus.Collector].
type Meter struct {
	service prometheus.Labels // on every figure
	figures []figure

	httpServed, httpCalled                  histogram
	published, processed                    histogram
	publishedMessages                       counter
	accepted, refused, calls, duplicates    counter
	sends, attempts, doubts, suspensions    counter
	sendDelay, sendDuration                 histogram
	receipts, deadLetters, lapses, failures counter
	unkept                                  counter
	receiptDelay                            histogram
	owned                                   *prometheus.GaugeVec
	gauges                                  gauges
}

// figure is all series of one name.
type figure interface {
	Collect(to chan<- prometheus.Metric)
}

// New makes the meter of a service. Every figure has the service's name as the label service, because the services of one process
// share /metrics.
func New(service, version string) *Meter {
	m := &Meter{service: prometheus.Labels{"service": service}}
	m.hops()
	m.edge()
	m.sending()
	m.build(version)
	m.gauges.make(m.service)
	return m
}

// Describe implements [prometheus.Collector]. It tells nothing: series of one figure may differ in the names of their labels, which a
// registry takes only from a collector that describes none.
func (m *Meter) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (m *Meter) Collect(to chan<- prometheus.Metric) {
	for _, f := range m.figures {
		f.Collect(to)
	}
	m.gauges.collect(to)
}

// Seconds of histograms. HTTP's and messaging's are those of OpenTelemetry's conventions:
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
var (
	shortTimes = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 60}
	longTimes  = []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400}
)
