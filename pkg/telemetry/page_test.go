package telemetry

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

var update = flag.Bool("update", false, "take the page as it is for right")

// TestThePage: dashboards, alerts and documents use the names, the labels and the buckets of every figure.
func TestThePage(t *testing.T) {
	environment(t, nil)
	m := NewMetrics()
	s := m.Service("ingress", "1.2.3")
	defer s.Observe(gauges)()
	measure(t.Context(), s)
	measure(sampled(t.Context()), s)
	m.Service("egress-telegram", "1.2.3").Ended(t.Context(), "telegram", "sent", 3*time.Second)

	const file = "testdata/page.txtar"
	golden, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(golden.Files) != 2 {
		t.Fatalf("%s has %d pages", file, len(golden.Files))
	}
	for i, accept := range []string{"", openMetrics} {
		got := ours(page(t, m, accept))
		if *update {
			golden.Files[i].Data = []byte(got)
		}
		if diff := cmp.Diff(string(golden.Files[i].Data), got); diff != "" {
			t.Errorf("%s: -want +got\n%s", golden.Files[i].Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(golden), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// measure has every method count or measure something, some of them with labels left out.
func measure(ctx context.Context, s *meter.Meter) {
	s.Served(ctx, "POST", "/message", 202, 5*time.Millisecond) // a bound belongs to its bucket
	s.Served(ctx, "POST", "/message", 202, 6*time.Millisecond)
	s.Called(ctx, "POST", 200, "", 300*time.Millisecond)
	s.Called(ctx, "POST", 0, "timeout", time.Hour) // above the last bound
	s.Called(ctx, "GET", 404, "404", 80*time.Millisecond)
	s.Published(ctx, "MESSAGES", 3, nil, 2*time.Millisecond)
	s.Published(ctx, "INDEX", 1, errors.New("away"), 5*time.Second)
	s.Processed(ctx, "translate", "MESSAGES", nil, 0)
	s.Processed(ctx, "translate", "MESSAGES", errors.New("away"), 7*time.Second)
	s.Accepted(ctx, "telegram", "inbound")
	s.Refused(ctx, "", "token")
	s.Refused(ctx, "telegram", "full")
	s.WebhookCall(ctx, "telegram", "stored")
	s.Duplicate(ctx, "telegram")
	s.Receipt(ctx, "telegram", "read", 2*time.Minute)
	s.Receipt(ctx, "telegram", "delivered", 0)
	s.DeadLetter(ctx, "telegram", "message")
	s.Failed(ctx, "telegram", "contact", "receipt")
	s.Ended(ctx, "telegram", "sent", 48*time.Hour)
	s.Ended(ctx, "telegram", "failed", time.Second)
	s.Tried(ctx, "telegram", "ok", 40*time.Millisecond)
	s.Doubt(ctx, "telegram", "held")
	s.Suspended(ctx, "telegram")
	s.Unkept(ctx, "telegram", "store")
	s.Lapsed(ctx)
	s.Owns(ctx, "MESSAGES", 3)
	s.Owns(ctx, "MESSAGES", -1)
}

// gauges tells every gauge.
func gauges(o meter.Observer) {
	o.BrokerConnected(true)
	o.NetworkDeclared("telegram", false)
	o.NetworkDeclared("whatsapp", true)
	o.Stream("MESSAGES", 12, 0.25)
	o.StreamOldest("MESSAGES", 1500*time.Millisecond)
	o.Backlog("telegram", "due", 7, time.Minute)
	o.Channels("telegram", "healthy", 1) // told anew below: the last value counts
	o.Channels("telegram", "healthy", 2)
}

// sampled is a context with a sampled span.
func sampled(ctx context.Context) context.Context {
	return trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, SpanID: trace.SpanID{1, 2, 3, 4, 5, 6, 7, 8}, TraceFlags: trace.FlagsSampled,
	}))
}

var exemplarOf = regexp.MustCompile(`(?m) # \{((?:trace_id|span_id)="[0-9a-f]+"),((?:trace_id|span_id)="[0-9a-f]+")\} (\S+) [0-9.e+]+$`)

// ours is the page without what is of the process, the time of exemplars and the order of their labels, which is none.
func ours(page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if !ofTheProcess.MatchString(line) {
			b.WriteString(line)
		}
	}
	return exemplarOf.ReplaceAllStringFunc(b.String(), func(found string) string {
		part := exemplarOf.FindStringSubmatch(found)
		return fmt.Sprintf(" # {%s,%s} %s TIME", min(part[1], part[2]), max(part[1], part[2]), part[3])
	})
}

var ofTheProcess = regexp.MustCompile(`^(# (HELP|TYPE|UNIT) )?(go|process)_`)
