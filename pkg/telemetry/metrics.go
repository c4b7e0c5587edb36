package telemetry

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// Metrics holds the metrics of one process and of all services in it. It serves them to Prometheus as text, or, to a client that asks for
// it, as OpenMetrics with trace ids as exemplars.
type Metrics struct {
	handler  http.Handler
	registry *prometheus.Registry

	mu     sync.Mutex
	meters map[string]*meter.Meter // by service
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
	return &Metrics{
		registry: registry, meters: map[string]*meter.Meter{},
		handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{
			EnableOpenMetrics: true, MaxRequestsInFlight: pagesAtOnce, Timeout: pageWithin, ErrorHandling: promhttp.ContinueOnError,
		}),
	}
}

// Service is the meter of one service: the same one each time, so that a service that starts again goes on counting.
func (m *Metrics) Service(name, version string) *meter.Meter {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.meters[name]
	if s == nil {
		s = meter.New(name, version)
		m.registry.MustRegister(s)
		m.meters[name] = s
	}
	return s
}

// ServeHTTP serves /metrics.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }
