package telemetry

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// Metrics holds the metrics of one process and of all services in it. It serves them to Prometheus as text, or, to a client that asks for
// it, as OpenMetrics with trace ids as exemplars.
type Metrics struct {
	handler  http.Handler
	provider *sdkmetric.MeterProvider
}

// Bounds of who asks for the page.
const (
	pagesAtOnce = 4
	pageWithin  = 8 * time.Second // Prometheus waits for 10 s by default
)

// NewMetrics makes the metrics of the process itself: memory, CPU, descriptors, Go's runtime. Services add theirs by [Metrics.Service].
func NewMetrics() *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		panic(err) // of two collectors with one name
	}
	return &Metrics{
		provider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter)),
		handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{
			EnableOpenMetrics: true, MaxRequestsInFlight: pagesAtOnce, Timeout: pageWithin, ErrorHandling: promhttp.ContinueOnError,
		}),
	}
}

// Service makes the meter of one service.
func (m *Metrics) Service(name, version string) (*meter.Meter, error) {
	return meter.New(m.provider.Meter("github.com/bonychat/puente"), name, version)
}

// ServeHTTP serves /metrics.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }

// Shutdown ends the measuring.
func (m *Metrics) Shutdown(ctx context.Context) error { return m.provider.Shutdown(ctx) }
