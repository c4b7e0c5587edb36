package httpclient_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/telemetry"
)

func TestEachRequestIsASpanThatTellsNoSecret(t *testing.T) {
	t.Parallel()
	answering := func(status int) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, token)
		})
	}
	for _, test := range []struct {
		name string
		r    httpclient.Request
		want map[string]string // besides those of every request
		code codes.Code
	}{
		{"answered", get(answering(200)), map[string]string{"http.request.method": "GET", "http.response.status_code": "200"}, codes.Unset},
		{"refused", post(answering(404)), map[string]string{"http.request.method": "POST", "http.response.status_code": "404", "error.type": "404"}, codes.Error},
		{"redirected", post(redirects(t, 302, "/"+token)), map[string]string{"http.request.method": "POST", "http.response.status_code": "302"}, codes.Unset},
		{"not reached", post(closed(t)), map[string]string{"http.request.method": "POST", "error.type": "_OTHER"}, codes.Error},
		{"not answered in time", within(post(silent(t, "")), 50*time.Millisecond), map[string]string{"http.request.method": "POST", "error.type": "timeout"}, codes.Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := telemetry.NewRecorder()
			c := newClient(t, httpclient.Options{Tracer: rec.Service("egress-test").Tracer()})
			_, _ = c.Do(t.Context(), test.r)
			spans := rec.Ended()
			if len(spans) != 1 {
				t.Fatalf("%d spans", len(spans))
			}
			u, err := url.Parse(test.r.URL)
			if err != nil {
				t.Fatal(err)
			}
			test.want["server.address"], test.want["server.port"] = u.Hostname(), u.Port()
			got := map[string]string{}
			for _, a := range spans[0].Attributes() {
				got[string(a.Key)] = a.Value.Emit()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			span := spans[0]
			if span.Name() != test.want["http.request.method"] || span.SpanKind() != trace.SpanKindClient || span.Status().Code != test.code {
				t.Errorf("name %q, kind %v, status %v", span.Name(), span.SpanKind(), span.Status())
			}
			if all := fmt.Sprint(got, span.Name(), span.Status(), span.Events()); strings.Contains(all, token) || strings.Contains(all, "/bot") {
				t.Errorf("the span tells %s", all)
			}
		})
	}
}

func TestASpanNamesTheDefaultPort(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]int{"http": 80, "https": 443} {
		rec := telemetry.NewRecorder()
		c := newClient(t, httpclient.Options{Tracer: rec.Service("egress-test").Tracer()})
		// the guard refuses it before a connection is made
		if _, err := c.Do(t.Context(), guarded(scheme+"://127.0.0.1/")); err == nil {
			t.Fatal("no error")
		}
		for _, a := range rec.Ended()[0].Attributes() {
			if a.Key == "server.port" && a.Value.Emit() != strconv.Itoa(want) {
				t.Errorf("%s: port %s", scheme, a.Value.Emit())
			}
		}
	}
}
