package meter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// gauges are read when somebody asks for the page.
type gauges struct {
	build, connected, declared, streamMessages, backlog, channels metric.Int64ObservableGauge
	fill, streamOldest, backlogOldest                             metric.Float64ObservableGauge
}

func (g *gauges) make(m metric.Meter) error {
	var errs [9]error
	whole := func(name, unit, what string) (metric.Int64ObservableGauge, error) {
		return m.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(what))
	}
	real := func(name, unit, what string) (metric.Float64ObservableGauge, error) {
		return m.Float64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(what))
	}
	g.build, errs[0] = whole("puente.build.info", "", "1, with the version of the program.")
	g.connected, errs[1] = whole("puente.broker.connected", "", "1 while the service is connected to the broker, else 0.")
	g.declared, errs[2] = whole("puente.network.declared", "", "1 for a network with channels whose service has declared itself, 0 for one whose calls are answered 503.")
	g.streamMessages, errs[3] = whole("puente.stream.messages", "{message}", "What a stream holds, in messages.")
	g.fill, errs[4] = real("puente.store.fill", "1", "How full a stream is, 0 to 1. POST /message is answered 503 from 0.8 on.")
	g.streamOldest, errs[5] = real("puente.stream.oldest", "s", "The age of the oldest message of a queue, in seconds; 0 for an empty one.")
	g.backlog, errs[6] = whole("puente.backlog.messages", "{message}", "Messages that wait in channels of this process, by why.")
	g.backlogOldest, errs[7] = real("puente.backlog.oldest", "s", "The age of the oldest message that waits in channels of this process, by why, in seconds.")
	g.channels, errs[8] = whole("puente.channels", "{channel}", "Channels that this process works on, by their state.")
	return errors.Join(errs[:]...)
}

func (g *gauges) all() []metric.Observable {
	return []metric.Observable{g.build, g.connected, g.declared, g.streamMessages, g.fill, g.streamOldest, g.backlog, g.backlogOldest, g.channels}
}

// Observer takes the values of gauges while /metrics is answered.
type Observer struct {
	m *Meter
	o metric.Observer
}

// Observe has read called whenever /metrics is asked for, until stop is called. read has to be fast, because the answer waits for
// it. stop waits for a read that is under way.
func (m *Meter) Observe(read func(Observer)) (stop func()) {
	if m == nil {
		return func() {}
	}
	r, err := m.otel.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		read(Observer{m, o})
		return nil
	}, m.gauges.all()...)
	if err != nil {
		panic(err) // of an instrument of another meter
	}
	return func() { _ = r.Unregister() }
}

func (o Observer) labels(pairs ...string) metric.MeasurementOption {
	all := []attribute.KeyValue{o.m.service}
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, attribute.String(pairs[i], pairs[i+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(all...))
}

// BrokerConnected says whether the service is connected.
func (o Observer) BrokerConnected(connected bool) {
	o.o.ObserveInt64(o.m.gauges.connected, one(connected), o.labels())
}

// NetworkDeclared says whether a network's service has declared itself.
func (o Observer) NetworkDeclared(network string, declared bool) {
	o.o.ObserveInt64(o.m.gauges.declared, one(declared), o.labels("network", network))
}

// Stream says how many messages a stream holds, and how full it is, from 0 to 1.
func (o Observer) Stream(stream string, messages uint64, fill float64) {
	l := o.labels("stream", stream)
	o.o.ObserveInt64(o.m.gauges.streamMessages, int64(messages), l)
	o.o.ObserveFloat64(o.m.gauges.fill, fill, l)
}

// StreamOldest says how old the oldest message of a stream of unfinished work is.
func (o Observer) StreamOldest(stream string, age time.Duration) {
	o.o.ObserveFloat64(o.m.gauges.streamOldest, max(age.Seconds(), 0), o.labels("stream", stream))
}

// Backlog says how many messages wait for a destination in a state, and how old the oldest is.
func (o Observer) Backlog(far, state string, messages int, oldest time.Duration) {
	l := o.labels("far", far, "state", state)
	o.o.ObserveInt64(o.m.gauges.backlog, int64(messages), l)
	o.o.ObserveFloat64(o.m.gauges.backlogOldest, max(oldest.Seconds(), 0), l)
}

// Channels says how many channels of a destination are in a state.
func (o Observer) Channels(far, state string, channels int) {
	o.o.ObserveInt64(o.m.gauges.channels, int64(channels), o.labels("far", far, "state", state))
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
