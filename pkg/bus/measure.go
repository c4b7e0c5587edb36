package bus

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/topology"
)

// Bounds of what metrics ask the broker. A page must come while the broker is away, too.
const (
	measureEvery  = 2 * time.Second        // what was asked so lately is told again
	measureWithin = 300 * time.Millisecond // a page waits for no longer; what comes later is on the next one
	measureKept   = time.Minute            // what was last known is told for so long
)

// measured is what is known of the streams that the service works with. A page of metrics must neither wait for a broker that is
// away nor ask it as often as somebody looks, so answers are shared by whoever asks within [measureEvery].
type measured struct {
	mu      sync.Mutex
	names   map[string]bool
	known   map[string]StreamState
	asked   time.Time     // when they were last asked
	told    time.Time     // when they last answered
	running chan struct{} // closed when those that are being asked have answered; nil while none are
}

// Measures has the metrics tell what these streams hold, from the next page on; a name that is given twice counts once. Package
// provision gives those that a service waits for.
func (b *Bus) Measures(streams ...string) {
	b.measured.mu.Lock()
	defer b.measured.mu.Unlock()
	if b.measured.names == nil {
		b.measured.names = map[string]bool{}
	}
	for _, name := range streams {
		b.measured.names[name] = true
	}
}

// Measure has the metrics tell whether the bus is connected and what its streams hold, until stop is called. Asking them costs the
// broker a request for each stream, every two seconds at most; a page waits 300 ms for that, and then tells what was known before,
// for a minute at most. Without [Options.Meter] it does nothing.
func (b *Bus) Measure() (stop func()) {
	return b.meter.Observe(func(o meter.Observer) {
		connected := b.Conn().IsConnected()
		o.BrokerConnected(connected)
		for name, s := range b.states(connected) {
			fill := 0.0
			if s.MaxBytes > 0 {
				fill = float64(s.Bytes) / float64(s.MaxBytes)
			}
			o.Stream(name, s.Messages, fill)
			if declared, ok := topology.Declared(name); ok && declared.Queue {
				age := time.Duration(0)
				if s.Messages > 0 {
					age = time.Since(s.FirstTime)
				}
				o.StreamOldest(name, age)
			}
		}
	})
}

// states are the streams as they were a moment ago; none where they have not answered for long.
func (b *Bus) states(connected bool) map[string]StreamState {
	m := &b.measured
	m.mu.Lock()
	if m.running == nil && connected && time.Since(m.asked) >= measureEvery {
		m.asked, m.running = time.Now(), make(chan struct{})
		go b.askStates(m.running)
	}
	running := m.running
	m.mu.Unlock()
	// whoever asks while an answer is under way waits for the same
	if running != nil {
		select {
		case <-running:
		case <-time.After(measureWithin):
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.told) > measureKept {
		return nil
	}
	return m.known
}

// askStates asks all at once, apart from the page's own context: what comes too late for this page is there for the next. One that
// cannot be asked is left out.
func (b *Bus) askStates(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), RequestTimeout)
	defer cancel()
	m := &b.measured
	m.mu.Lock()
	names := make([]string, 0, len(m.names))
	for name := range m.names {
		names = append(names, name)
	}
	m.mu.Unlock()
	var (
		asking sync.WaitGroup
		mu     sync.Mutex
		known  = map[string]StreamState{}
	)
	for _, name := range names {
		asking.Go(func() {
			if s, err := b.State(ctx, name); err == nil {
				mu.Lock()
				defer mu.Unlock()
				known[name] = s
			}
		})
	}
	asking.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(known) > 0 {
		m.known, m.told = known, time.Now()
	}
	m.running = nil
	close(done)
}
