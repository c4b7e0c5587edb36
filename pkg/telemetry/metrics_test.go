package telemetry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// page is what Prometheus is answered.
func page(t *testing.T, m *Metrics, accept string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, body)
	}
	return string(body)
}

const openMetrics = "application/openmetrics-text; version=1.0.0"

// TestServicesShareAPage: each figure says which service it is of, and the process has one set of its own.
func TestServicesShareAPage(t *testing.T) {
	m := NewMetrics()
	for _, name := range []string{"egress-telegram", "egress-whatsapp"} {
		s := m.Service(name, "1.2.3")
		s.Ended(t.Context(), strings.TrimPrefix(name, "egress-"), "sent", 2*time.Second)
		defer s.Observe(func(o meter.Observer) { o.BrokerConnected(true) })()
	}
	got := page(t, m, "")
	for _, want := range []string{
		`puente_sends_total{far="telegram",result="sent",service="egress-telegram"} 1`,
		`puente_sends_total{far="whatsapp",result="sent",service="egress-whatsapp"} 1`,
		`puente_send_delay_seconds_bucket{far="telegram",service="egress-telegram",le="2.5"} 1`,
		`puente_broker_connected{service="egress-telegram"} 1`, `puente_broker_connected{service="egress-whatsapp"} 1`,
		`puente_build_info{service="egress-telegram",version="1.2.3"} 1`,
		"\nprocess_resident_memory_bytes ", "\ngo_goroutines ",
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q stands %d times on\n%s", want, strings.Count(got, want), got)
		}
	}
	if strings.Contains(got, "otel_scope") || strings.Contains(got, "target_info") {
		t.Error("labels that nobody needs")
	}
}

// TestAFigureLeadsToATrace: OpenMetrics has the trace id of a measurement, where its trace is recorded.
func TestAFigureLeadsToATrace(t *testing.T) {
	environment(t, nil)
	m := NewMetrics()
	s := m.Service("egress-telegram", "1")
	ctx, span := NewRecorder().Service("egress-telegram").Tracer().Start(t.Context(), "send")
	s.Ended(ctx, "telegram", "sent", time.Second)
	s.Ended(t.Context(), "telegram", "failed", time.Second)
	span.End()
	exemplar := `trace_id="` + span.SpanContext().TraceID().String() + `"`
	got := page(t, m, openMetrics)
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "puente_sends_total") && !strings.HasPrefix(line, `puente_send_delay_seconds_bucket`) {
			continue
		}
		first := strings.Contains(line, `result="sent"`) || strings.Contains(line, `le="1.0"`)
		if strings.Contains(line, exemplar) != first {
			t.Error(line)
		}
	}
	if strings.Count(got, exemplar) != 2 {
		t.Errorf("no exemplar %s in\n%s", exemplar, got)
	}
}

// TestAMeterOfNobody measures nothing and breaks nothing.
func TestAMeterOfNobody(t *testing.T) {
	var m *meter.Meter
	m.Ended(t.Context(), "telegram", "sent", time.Second)
	m.Served(t.Context(), "GET", "/", 200, time.Second)
	m.Owns(t.Context(), "MESSAGES", 1)
	m.Observe(func(meter.Observer) { t.Error("asked") })()
}

// TestLabelsWithoutNumberAreCutOff: a mistake that makes label values without end must not take the memory.
func TestLabelsWithoutNumberAreCutOff(t *testing.T) {
	m := NewMetrics()
	s := m.Service("ingress", "1")
	for i := range 3000 {
		s.Accepted(t.Context(), strings.Repeat("x", i), "inbound")
	}
	if n := strings.Count(page(t, m, ""), "\npuente_messages_accepted_total{"); n > 2001 {
		t.Errorf("%d series", n)
	}
}

func TestATimeBeforeItsBeginningCountsAsNone(t *testing.T) {
	m := NewMetrics()
	s := m.Service("ingress", "1")
	s.Ended(t.Context(), "telegram", "sent", -time.Hour)
	if got := page(t, m, ""); !strings.Contains(got, `puente_send_delay_seconds_sum{far="telegram",service="ingress"} 0`) {
		t.Error(got)
	}
}
