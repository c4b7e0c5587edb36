package telemetry

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/bonychat/puente/pkg/telemetry/label"
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
	for _, name := range []string{disabled, exporter, endpoint, traceEndpoint, protocol, tracesProtocol, "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_HEADERS"} {
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
		{"an endpoint without a scheme", map[string]string{endpoint: "collector:4318"}, false, `OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" has no scheme: write http://collector:4318, or https://collector:4318 where it has a certificate`},
		{"an address and port alone", map[string]string{endpoint: "127.0.0.1:4318"}, false, `"127.0.0.1:4318" has no scheme: write http://127.0.0.1:4318, or`},
		{"an endpoint of traces without a scheme", map[string]string{exporter: "otlp", traceEndpoint: "collector:4318/v1/traces"}, false, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: must be a URL that begins with http:// or https://`},
		{"a host alone", map[string]string{endpoint: "collector"}, false, `OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL`},
		{"another scheme", map[string]string{endpoint: "grpc://collector:4317"}, false, `OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL`},
		{"no host", map[string]string{endpoint: "http://:4318"}, false, `OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL`},
		{"an endpoint between blanks", map[string]string{endpoint: " http://127.0.0.1:4318 "}, true, ""},
		{"an endpoint of what is off", map[string]string{exporter: "none", endpoint: "collector:4318"}, false, ""},
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

func TestAnEndpointsPasswordIsNotTold(t *testing.T) {
	environment(t, map[string]string{endpoint: "user:hunter22@collector:4318"})
	if _, err := enabled(); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("%v", err)
	}
}

// of is what the resource of a span says.
func of(s sdktrace.ReadOnlySpan, key attribute.Key) string {
	v, _ := s.Resource().Set().Value(key)
	return v.AsString()
}

func TestASpanSaysWhichServiceMadeIt(t *testing.T) {
	environment(t, nil)
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
	if len(got) != 2 || got[0].Name() != "send toy" || of(got[0], "service.name") != "egress-toy" || got[1].Name() != "receive webhook" || of(got[1], "service.name") != "ingress" {
		t.Fatalf("%v", got)
	}
	if got[0].Parent().SpanID() != got[1].SpanContext().SpanID() || got[0].SpanContext().TraceID() != got[1].SpanContext().TraceID() {
		t.Error("the two are of different traces")
	}
	instances := map[string]bool{}
	for _, s := range got {
		id := of(s, "service.instance.id")
		if _, err := uuid.Parse(id); err != nil || instances[id] {
			t.Errorf("instance %q: %v", id, err)
		}
		instances[id] = true
		if of(s, "service.namespace") != "puente" || of(s, "telemetry.sdk.language") != "go" || of(s, "telemetry.sdk.name") != "opentelemetry" || of(s, "telemetry.sdk.version") == "" {
			t.Errorf("%v", s.Resource())
		}
	}
	for _, tel := range []*Telemetry{ingress, egress} {
		if err := tel.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestTheEnvironmentNamesTheProcess(t *testing.T) {
	begin := func() sdktrace.ReadOnlySpan {
		rec := NewRecorder()
		_, span := rec.Service("ingress").Tracer().Start(t.Context(), "work")
		span.End()
		return rec.Ended()[0]
	}
	environment(t, map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=test,service.instance.id=7"})
	if s := begin(); of(s, "service.name") != "other" || of(s, "deployment.environment.name") != "test" || of(s, "service.instance.id") != "7" {
		t.Errorf("%v", s.Resource())
	}
	t.Setenv("OTEL_SERVICE_NAME", "bridge-eu")
	if s := begin(); of(s, "service.name") != "bridge-eu" || of(s, "puente.service") != "ingress" {
		t.Errorf("%v", s.Resource())
	}
	environment(t, map[string]string{exporter: "otlp", "OTEL_RESOURCE_ATTRIBUTES": "nonsense"})
	if _, err := Start(t.Context(), "toy", "1"); err == nil || !strings.Contains(err.Error(), "OTEL_RESOURCE_ATTRIBUTES: must be") {
		t.Errorf("%v", err)
	}
}

func TestEverySpanNamesTheMessageThatItIsAbout(t *testing.T) {
	environment(t, nil)
	rec := NewRecorder()
	tracer := rec.Service("ingress").Tracer()
	ctx, root := tracer.Start(t.Context(), "root")
	about := label.Message(ctx, "telegram", "shop", "")
	_, first := tracer.Start(about, "first")
	first.End()
	about = label.Message(about, "", "", "m1")
	_, second := tracer.Start(about, "second")
	second.End()
	_, other := tracer.Start(ctx, "other") // not told
	other.End()
	root.End()
	got := map[string]string{}
	for _, s := range rec.Ended() {
		for _, a := range s.Attributes() {
			got[s.Name()] += a.Value.AsString() + " "
		}
	}
	want := map[string]string{"root": "telegram shop m1 ", "first": "telegram shop ", "second": "telegram shop m1 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// lines is a log, each record of which is one line of JSON.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, string(p))
	return len(p), nil
}

func TestWhatTheSDKSaysIsARecord(t *testing.T) {
	const credential = "hunter22"
	environment(t, map[string]string{endpoint: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "api-key " + credential + ",x=%z" + credential})
	log := &lines{}
	LogTo(slog.New(slog.NewJSONHandler(log, nil)))
	tel, err := Start(t.Context(), "toy", "1")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Tracer().Start(t.Context(), "work")
	span.End()
	_ = tel.Shutdown(t.Context())
	log.mu.Lock()
	defer log.mu.Unlock()
	levels := map[string]int{}
	for _, line := range log.all {
		var record struct{ Level, Msg, Err string }
		if err := json.Unmarshal([]byte(line), &record); err != nil || record.Msg != "tracing" || record.Err == "" || strings.Contains(line, credential) {
			t.Errorf("%v: %s", err, line)
		}
		levels[record.Level]++
	}
	if levels["ERROR"] != 2 || levels["WARN"] == 0 { // of the two headers, and of what could not be sent
		t.Errorf("%v: %v", levels, log.all)
	}
}
