package telemetry

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	disabled       = "OTEL_SDK_DISABLED"
	exporter       = "OTEL_TRACES_EXPORTER"
	endpoint       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	traceEndpoint  = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	protocol       = "OTEL_EXPORTER_OTLP_PROTOCOL"
	tracesProtocol = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
)

// environment sets these variables and no others.
func environment(t *testing.T, set map[string]string) {
	t.Helper()
	for _, name := range []string{disabled, exporter, endpoint, traceEndpoint, protocol, tracesProtocol, "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"} {
		t.Setenv(name, set[name])
	}
}

func TestTracingIsOnWhereTheEnvironmentAsksForIt(t *testing.T) {
	for _, test := range []struct {
		name string
		set  map[string]string
		on   bool
		err  string
	}{
		{"nothing is set", nil, false, ""},
		{"an endpoint", map[string]string{endpoint: "http://127.0.0.1:4318"}, true, ""},
		{"an endpoint of traces", map[string]string{traceEndpoint: "http://127.0.0.1:4318/v1/traces"}, true, ""},
		{"the exporter", map[string]string{exporter: "otlp"}, true, ""},
		{"no exporter, whatever the endpoint", map[string]string{exporter: "none", endpoint: "http://127.0.0.1:4318"}, false, ""},
		{"another exporter", map[string]string{exporter: "jaeger"}, false, `OTEL_TRACES_EXPORTER: "jaeger" is not supported`},
		{"disabled", map[string]string{disabled: "true", exporter: "otlp", endpoint: "http://127.0.0.1:4318"}, false, ""},
		{"disabled in capitals", map[string]string{disabled: "TRUE", exporter: "otlp"}, false, ""},
		{"disabled, whatever the exporter", map[string]string{disabled: "true", exporter: "jaeger"}, false, ""},
		{"not disabled", map[string]string{disabled: "false", exporter: "otlp"}, true, ""},
		{"the protocol that is spoken", map[string]string{exporter: "otlp", protocol: "http/protobuf"}, true, ""},
		{"a protocol that is not", map[string]string{endpoint: "http://127.0.0.1:4317", protocol: "grpc"}, false, `OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not supported`},
		{"a protocol of traces that is not", map[string]string{exporter: "otlp", tracesProtocol: "http/json"}, false, `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" is not supported`},
		{"the traces' own protocol counts", map[string]string{exporter: "otlp", protocol: "grpc", tracesProtocol: "http/protobuf"}, true, ""},
		{"a protocol of what is off", map[string]string{protocol: "grpc"}, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			environment(t, test.set)
			on, err := enabled()
			if on != test.on || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("%t, %v", on, err)
			}
			if tel, err := Start(t.Context(), "toy", "1"); (err == nil) != (test.err == "") {
				t.Errorf("start: %v", err)
			} else if err == nil && (tel.provider != nil) != test.on {
				t.Error("started otherwise")
			}
		})
	}
}

func TestSpansCostNothingWhereTracingIsOff(t *testing.T) {
	environment(t, nil)
	tel, err := Start(t.Context(), "toy", "1")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Tracer().Start(t.Context(), "work")
	if span.IsRecording() || span.SpanContext().IsValid() {
		t.Error("a span is recorded")
	}
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// collector keeps what is sent to it.
type collector struct {
	mu   sync.Mutex
	path string
	body string
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.path, c.body = r.URL.Path, c.body+string(body)
}

func TestTheLastSpansAreSentAtTheEnd(t *testing.T) {
	c := &collector{}
	s := httptest.NewServer(c)
	defer s.Close()
	environment(t, map[string]string{endpoint: s.URL})
	tel, err := Start(t.Context(), "egress-toy", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Tracer().Start(t.Context(), "send toy")
	span.End()
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, want := range []string{"send toy", "service.name", "egress-toy", "1.2.3", "github.com/bonychat/puente"} {
		if c.path != "/v1/traces" || !strings.Contains(c.body, want) {
			t.Errorf("%s does not hold %q", c.path, want)
		}
	}
}

func TestACollectorThatIsAwayHoldsNothingUp(t *testing.T) {
	environment(t, map[string]string{endpoint: "http://127.0.0.1:1"})
	tel, err := Start(t.Context(), "toy", "1")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Tracer().Start(t.Context(), "work")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_ = tel.Shutdown(ctx) // the exporter may give up sooner, and says so in a log of its own
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the end took %s", took)
	}
}

func name(t *testing.T, s sdktrace.ReadOnlySpan) string {
	t.Helper()
	var name, namespace string
	for _, a := range s.Resource().Attributes() {
		switch a.Key {
		case "service.name":
			name = a.Value.AsString()
		case "service.namespace":
			namespace = a.Value.AsString()
		}
	}
	if namespace != "puente" {
		t.Errorf("namespace %q", namespace)
	}
	return name
}

func TestASpanSaysWhichServiceMadeIt(t *testing.T) {
	// whatever the process as a whole is called: the all-in-one is several services
	environment(t, map[string]string{"OTEL_SERVICE_NAME": "puente", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=test"})
	rec := NewRecorder()
	ingress, egress := rec.Service("ingress"), rec.Service("egress-toy")
	ctx, parent := ingress.Tracer().Start(t.Context(), "receive webhook")
	_, child := egress.Tracer().Start(ctx, "send toy")
	if len(rec.Ended()) != 0 {
		t.Error("a span that goes on is told as ended")
	}
	child.End()
	parent.End()
	got := rec.Ended()
	if len(got) != 2 || got[0].Name() != "send toy" || name(t, got[0]) != "egress-toy" || got[1].Name() != "receive webhook" || name(t, got[1]) != "ingress" {
		t.Fatalf("%v", got)
	}
	if got[0].Parent().SpanID() != got[1].SpanContext().SpanID() || got[0].SpanContext().TraceID() != got[1].SpanContext().TraceID() {
		t.Error("the two are of different traces")
	}
	if v, ok := got[0].Resource().Set().Value(attribute.Key("deployment.environment.name")); !ok || v.AsString() != "test" {
		t.Error("the environment's own attributes are lost")
	}
	for _, tel := range []*Telemetry{ingress, egress} {
		if err := tel.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
