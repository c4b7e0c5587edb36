package telemetry

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// TestEverySeriesIsCounted, however many there are, whoever counts at once, and while somebody reads the page.
func TestEverySeriesIsCounted(t *testing.T) {
	const series, goroutines, times = 20, 8, 50
	m := NewMetrics()
	s := m.Service("ingress", "1")
	var counting sync.WaitGroup
	for g := range goroutines {
		ctx := t.Context()
		if g%2 == 0 {
			ctx = sampled(ctx)
		}
		counting.Go(func() {
			for range times {
				for i := range series {
					s.Ended(ctx, fmt.Sprint("network", i), "sent", time.Second)
				}
			}
		})
	}
	page(t, m, openMetrics)
	counting.Wait()
	got := page(t, m, "")
	for i := range series {
		for _, want := range []string{
			fmt.Sprintf(`puente_sends_total{far="network%d",result="sent",service="ingress"} %d`, i, goroutines*times),
			fmt.Sprintf(`puente_send_delay_seconds_count{far="network%d",service="ingress"} %d`, i, goroutines*times),
			fmt.Sprintf(`puente_send_delay_seconds_sum{far="network%d",service="ingress"} %d`, i, goroutines*times),
		} {
			if !strings.Contains(got, want+"\n") {
				t.Errorf("no %s in\n%s", want, got)
			}
		}
	}
}

// TestAServiceThatStartsAgainGoesOnCounting: two series with the same labels would make the page an error.
func TestAServiceThatStartsAgainGoesOnCounting(t *testing.T) {
	m := NewMetrics()
	for range 2 {
		m.Service("ingress", "1").Ended(t.Context(), "telegram", "sent", time.Second)
	}
	if got := page(t, m, ""); strings.Count(got, `puente_sends_total{far="telegram",result="sent",service="ingress"} 2`) != 1 {
		t.Error(got)
	}
}

// TestAnExemplarIsKeptForASecond: then another measurement takes its place. Each bucket has its own.
func TestAnExemplarIsKeptForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMetrics()
		s := m.Service("ingress", "1")
		tracer := NewRecorder().Service("ingress").Tracer()
		measured := func(after time.Duration) string {
			ctx, span := tracer.Start(t.Context(), "send")
			defer span.End()
			s.Ended(ctx, "telegram", "sent", after)
			return span.SpanContext().TraceID().String()
		}
		kept := func(of string) string {
			found := regexp.MustCompile(of + `.* # .*trace_id="([0-9a-f]+)"`).FindStringSubmatch(page(t, m, openMetrics))
			if found == nil {
				t.Fatalf("%s has none", of)
			}
			return found[1]
		}
		first := measured(time.Second)
		slow := measured(time.Hour)
		if kept("puente_sends_total") != first || kept(`bucket.*le="1.0"`) != first || kept(`bucket.*le="3600.0"`) != slow {
			t.Error("another one at once")
		}
		time.Sleep(time.Second)
		if last := measured(time.Second); kept("puente_sends_total") != last || kept(`bucket.*le="1.0"`) != last || kept(`bucket.*le="3600.0"`) != slow {
			t.Error("an earlier one after a second")
		}
	})
}

// TestAGaugeIsToldWhileItIsObserved: what has stopped leaves no last value, and is not read any more.
func TestAGaugeIsToldWhileItIsObserved(t *testing.T) {
	m := NewMetrics()
	s := m.Service("ingress", "1")
	reading, read := make(chan struct{}), make(chan struct{})
	stop := s.Observe(func(o meter.Observer) {
		close(reading) // a second read would panic
		<-read
		o.BrokerConnected(true)
	})
	defer s.Observe(func(o meter.Observer) { o.Stream("MESSAGES", 1, 0) })()
	const connected, stream = `puente_broker_connected{service="ingress"} 1`, `puente_stream_messages{service="ingress",stream="MESSAGES"} 1`

	stopped := make(chan struct{})
	go func() {
		<-reading
		go func() {
			defer close(stopped)
			stop()
		}()
		select {
		case <-stopped:
			t.Error("stop does not wait for a read that is under way")
		case <-time.After(20 * time.Millisecond):
		}
		close(read)
	}()
	if got := page(t, m, ""); !strings.Contains(got, connected) || !strings.Contains(got, stream) {
		t.Error(got)
	}
	<-stopped
	if got := page(t, m, ""); strings.Contains(got, "puente_broker_connected{") || !strings.Contains(got, stream) {
		t.Error(got)
	}
}
