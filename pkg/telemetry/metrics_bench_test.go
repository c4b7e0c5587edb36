package telemetry

import (
	"context"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// below is a context as deep as that of a send: each layer adds a value or an end.
func below(ctx context.Context) (context.Context, context.CancelFunc) {
	type layer int
	var end [3]context.CancelFunc
	for i := range end {
		ctx, end[i] = context.WithCancel(context.WithValue(ctx, layer(i), i))
	}
	return ctx, func() {
		for _, cancel := range end {
			cancel()
		}
	}
}

// BenchmarkMeter is what one hop measures: a publish, a try to handle and a request, each with labels that were seen before.
func BenchmarkMeter(b *testing.B) {
	s := NewMetrics().Service("egress-telegram", "1")
	for _, stream := range []string{"MESSAGES", "INDEX", "JOURNAL", "OUTCOMES_telegram", "WEBHOOKS_telegram"} {
		s.Published(b.Context(), stream, 1, nil, time.Millisecond)
	}
	plain, cancel := below(b.Context())
	defer cancel()
	traced, cancel := below(sampled(b.Context()))
	defer cancel()
	for _, of := range []struct {
		name    string
		ctx     context.Context
		measure func(context.Context, *meter.Meter)
	}{
		{"published", plain, func(ctx context.Context, m *meter.Meter) {
			m.Published(ctx, "EGRESS_telegram", 1, nil, 3*time.Millisecond)
		}},
		{"processed", plain, func(ctx context.Context, m *meter.Meter) {
			m.Processed(ctx, "translate", "MESSAGES", nil, 3*time.Millisecond)
		}},
		{"called", plain, func(ctx context.Context, m *meter.Meter) { m.Called(ctx, "POST", 200, "", 30*time.Millisecond) }},
		{"ended", plain, func(ctx context.Context, m *meter.Meter) { m.Ended(ctx, "telegram", "sent", time.Second) }},
		{"ended, of a sampled trace", traced, func(ctx context.Context, m *meter.Meter) { m.Ended(ctx, "telegram", "sent", time.Second) }},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				of.measure(of.ctx, s)
			}
		})
	}
}
