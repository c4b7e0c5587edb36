package ingress_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"

	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/services/ingress"
)

const (
	callersTrace = "0af7651916cd43dd8448eb211c80319c"
	callersSpan  = "b7ad6b7169203331"
)

func traced(trust bool) (*telemetry.Recorder, func(*ingress.Options)) {
	r := telemetry.NewRecorder()
	return r, func(o *ingress.Options) { o.Tracer, o.TrustCaller = r.Service("ingress").Tracer(), trust }
}

func (e *edge) postTraced() {
	e.t.Helper()
	e.call(http.MethodPost, "/message", http.Header{
		"Authorization": {"Bearer " + token(custom)}, "Traceparent": {"00-" + callersTrace + "-" + callersSpan + "-01"},
	}, textTo("ana", "Hola")).mID(e.t)
}

func TestACallersTraceIsLinkedAndNotContinued(t *testing.T) {
	t.Parallel()
	spans, with := traced(false)
	newEdge(t, with).postTraced()
	found := false
	for _, s := range spans.Ended() {
		if s.Name() != "POST /message" {
			continue
		}
		found = true
		if s.Parent().IsValid() || s.SpanContext().TraceID().String() == callersTrace {
			t.Error("the caller's trace is continued")
		}
		if links := s.Links(); len(links) != 1 || links[0].SpanContext.TraceID().String() != callersTrace || links[0].SpanContext.SpanID().String() != callersSpan {
			t.Errorf("links %v", links)
		}
	}
	if !found {
		t.Error("no root span")
	}
}

func TestATrustedCallersTraceIsContinued(t *testing.T) {
	t.Parallel()
	spans, with := traced(true)
	newEdge(t, with).postTraced()
	for _, s := range spans.Ended() {
		if s.Name() == "POST /message" && s.Parent().SpanID().String() == callersSpan && s.SpanContext().TraceID().String() == callersTrace {
			return
		}
	}
	t.Errorf("no span continues the caller's: %v", spans.Ended())
}

// TestWithoutTracingATrustedCallersTraceIsCarried on all the same, and a stranger's is not.
func TestWithoutTracingATrustedCallersTraceIsCarried(t *testing.T) {
	t.Parallel()
	for trust, want := range map[bool]string{true: "00-" + callersTrace + "-" + callersSpan + "-01", false: ""} {
		e := newEdge(t, func(o *ingress.Options) { o.TrustCaller = trust })
		e.postTraced()
		for _, m := range e.server.Await("MESSAGES", 0, 1) {
			if got := m.Header.Get("Traceparent"); got != want {
				t.Errorf("trusted %v: %q is stored, want %q", trust, got, want)
			}
		}
	}
}

// A call's root is the parent of what is stored, and says how it was answered, but nothing that a caller wrote.
func TestARootSpanTellsTheRouteAndTheStatus(t *testing.T) {
	t.Parallel()
	spans, with := traced(false)
	e := newEdge(t, with)
	e.post(custom, textTo("ana", "zanahoria")).mID(t)
	e.call(http.MethodPost, "/webhooks/testnet/"+custom+"/path-secret?query=secret", http.Header{"X-Test-Token": {secret}}, `{"id": "zanahoria"}`)
	e.call("INVENTED", "/webhooks/testnet/"+custom, http.Header{"X-Test-Token": {secret}}, "")
	e.call(http.MethodPost, "/webhooks/homeless/"+homeless, http.Header{"X-Test-Token": {secret}}, "{}")

	status := map[string]string{}
	roots, children := map[string]bool{}, map[string]string{}
	for _, s := range spans.Ended() {
		if !s.Parent().IsValid() {
			roots[s.SpanContext().SpanID().String()] = true
			for _, a := range s.Attributes() {
				if a.Key == "http.response.status_code" {
					status[s.Name()] += a.Value.Emit() + " "
				}
			}
		} else {
			children[s.Name()] = s.Parent().SpanID().String()
		}
		if s.Name() == "POST /message" && s.Status().Code != codes.Unset {
			t.Errorf("%s: status %v", s.Name(), s.Status())
		}
		all := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status())
		for _, private := range []string{"ana", "zanahoria", "secret", token(custom)} {
			if strings.Contains(all, private) {
				t.Errorf("a span holds %q: %s", private, all)
			}
		}
	}
	webhooks := "/webhooks/{network}/{channel}"
	if status["POST /message"] != "200 " || status["POST "+webhooks] != "202 503 " || status["HTTP "+webhooks] != "405 " {
		t.Errorf("answers by root: %v", status)
	}
	for _, name := range []string{"publish MESSAGES", "publish WEBHOOKS_testnet"} {
		if !roots[children[name]] {
			t.Errorf("%s has no root as parent: %v", name, children)
		}
	}
}
