package meter

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges are read when somebody asks for the page.
type gauges struct {
	mu    sync.Mutex // held while reads are called
	reads []*func(Observer)

	all                                                    []*prometheus.GaugeVec
	connected, declared, streamMessages, backlog, channels *prometheus.GaugeVec
	fill, streamOldest, backlogOldest                      *prometheus.GaugeVec
}

func (g *gauges) make(service prometheus.Labels) {
	gauge := func(name, what string, labels ...string) *prometheus.GaugeVec {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: what, ConstLabels: service}, labels)
		g.all = append(g.all, v)
		return v
	}
	g.connected = gauge("puente_broker_connected", "1 while the service is connected to the broker, else 0.")
	g.declared = gauge("puente_network_declared", "1 for a network with channels whose service has declared itself, 0 for one whose calls are answered 503.", "network")
	g.streamMessages = gauge("puente_stream_messages", "What a stream holds, in messages.", "stream")
	g.fill = gauge("puente_store_fill_ratio", "How full a stream is, 0 to 1. POST /message is answered 503 from 0.8 on.", "stream")
	g.streamOldest = gauge("puente_stream_oldest_seconds", "The age of the oldest message of a queue, in seconds; 0 for an empty one.", "stream")
	g.backlog = gauge("puente_backlog_messages", "Messages that wait in channels of this process, by why.", "far", "state")
	g.backlogOldest = gauge("puente_backlog_oldest_seconds", "The age of the oldest message that waits in channels of this process, by why, in seconds.", "far", "state")
	g.channels = gauge("puente_channels", "Channels that this process works on, by their state.", "far", "state")
}

// collect has the gauges read and tells them.
func (g *gauges) collect(to chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, v := range g.all {
		v.Reset() // what nobody tells any more is gone
	}
	for _, read := range g.reads {
		(*read)(Observer{g})
	}
	for _, v := range g.all {
		v.Collect(to)
	}
}

// build makes the gauge that tells the program's version.
func (m *Meter) build(version string) {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "puente_build_info", Help: "1, with the version of the program.", ConstLabels: m.service}, []string{"version"})
	v.WithLabelValues(version).Set(1)
	m.figures = append(m.figures, v)
}

// Observer takes the values of gauges while /metrics is answered.
type Observer struct{ gauges *gauges }

// Observe has read called whenever /metrics is asked for, until stop is called. read has to be fast, because the answer waits for
// it. stop waits for a read that is under way.
func (m *Meter) Observe(read func(Observer)) (stop func()) {
	if m == nil {
		return func() {}
	}
	g := &m.gauges
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reads = append(g.reads, &read)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.reads = slices.DeleteFunc(g.reads, func(other *func(Observer)) bool { return other == &read })
	}
}

// BrokerConnected says whether the service is connected.
func (o Observer) BrokerConnected(connected bool) {
	o.gauges.connected.WithLabelValues().Set(one(connected))
}

// NetworkDeclared says whether a network's service has declared itself.
func (o Observer) NetworkDeclared(network string, declared bool) {
	o.gauges.declared.WithLabelValues(network).Set(one(declared))
}

// Stream says how many messages a stream holds, and how full it is, from 0 to 1.
func (o Observer) Stream(stream string, messages uint64, fill float64) {
	o.gauges.streamMessages.WithLabelValues(stream).Set(float64(messages))
	o.gauges.fill.WithLabelValues(stream).Set(fill)
}

// StreamOldest says how old the oldest message of a stream of unfinished work is.
func (o Observer) StreamOldest(stream string, age time.Duration) {
	o.gauges.streamOldest.WithLabelValues(stream).Set(max(age.Seconds(), 0))
}

// Backlog says how many messages wait for a destination in a state, and how old the oldest is.
func (o Observer) Backlog(far, state string, messages int, oldest time.Duration) {
	o.gauges.backlog.WithLabelValues(far, state).Set(float64(messages))
	o.gauges.backlogOldest.WithLabelValues(far, state).Set(max(oldest.Seconds(), 0))
}

// Channels says how many channels of a destination are in a state.
func (o Observer) Channels(far, state string, channels int) {
	o.gauges.channels.WithLabelValues(far, state).Set(float64(channels))
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
