package traceparent_test

import (
	"testing"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
)

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestATraceCrossesAHop(t *testing.T) {
	h := nats.Header{"Nats-Msg-Id": {"1"}}
	traceparent.Inject(traceparent.Join(t.Context(), parent), h)
	ctx := traceparent.Extract(t.Context(), h)
	if got := traceparent.Of(ctx); got != parent || !trace.SpanContextFromContext(ctx).IsRemote() {
		t.Errorf("%q after the headers %v", got, h)
	}
}

func TestWithoutATraceTheContextStaysAsItIs(t *testing.T) {
	before := traceparent.Join(t.Context(), parent)
	for name, h := range map[string]nats.Header{
		"no headers": nil, "no traceparent": {"Nats-Msg-Id": {"1"}}, "one that cannot be read": {"Traceparent": {"00-1-2-01"}}, "no value": {"Traceparent": nil},
	} {
		if ctx := traceparent.Extract(before, h); ctx != before {
			t.Errorf("%s: another context", name)
		}
	}
}

func TestWithoutATraceNothingIsAllocated(t *testing.T) {
	h := nats.Header{"Nats-Msg-Id": {"1"}}
	if n := testing.AllocsPerRun(100, func() { traceparent.Extract(t.Context(), h) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkExtract is what is done for each entry that is read, where nobody traces.
func BenchmarkExtract(b *testing.B) {
	h := nats.Header{"Nats-Msg-Id": {"1"}, "Puente-Stamp": {"1796060000000"}}
	b.ReportAllocs()
	for b.Loop() {
		traceparent.Extract(b.Context(), h)
	}
}
