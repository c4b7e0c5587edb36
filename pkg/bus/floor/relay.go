package floor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// Options of [Open].
type Options struct {
	// Node is the embedded server; nil connects to URL.
	Node bus.Node
	URL  string
	// Network is the name of the network in streams and subjects.
	Network string
	// Replicas is how many servers hold each stream: 1 or 3.
	Replicas int
	// Far is the base URL of both destinations.
	Far string
	// Concurrency is how many calls of each destination are under way at once, at most; default 1024.
	Concurrency int
}

// Relay is a running floor. It serves POST /channels/{channel}/message and POST /webhooks/<network>/{channel}.
type Relay struct {
	Options
	mux    *http.ServeMux
	client *http.Client
	places []*place
	edge   *place
	failed atomic.Pointer[error]

	ctx   context.Context // of what runs
	stop  context.CancelFunc
	calls sync.WaitGroup
}

// Bounds of a relay.
const (
	requestTimeout = 5 * time.Second
	callTimeout    = 20 * time.Second // of one call of a destination
	maxBody        = 256 << 10        // bytes of one message
	underWay       = 1024             // of one place: published and not known to be stored
)

// Open makes the streams and starts every place. Close it.
func Open(ctx context.Context, o Options) (_ *Relay, err error) {
	if o.Concurrency == 0 {
		o.Concurrency = 1024
	}
	if err := makeStreams(ctx, o); err != nil {
		return nil, err
	}
	r := &Relay{Options: o, mux: http.NewServeMux(), client: &http.Client{
		Timeout:   callTimeout,
		Transport: &http.Transport{MaxIdleConns: 2 * o.Concurrency, MaxIdleConnsPerHost: 2 * o.Concurrency, IdleConnTimeout: time.Minute},
	}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	if r.edge, err = r.place("edge"); err != nil {
		return nil, err
	}
	translator, err := r.place("translator")
	if err != nil {
		return nil, err
	}
	network, err := r.place("network")
	if err != nil {
		return nil, err
	}
	platform, err := r.place("platform")
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		network.relay(ctx, topology.Webhooks(o.Network), &step{do: r.toTranslator}),
		translator.relay(ctx, topology.Messages, &step{do: r.fromTranslator}),
		network.relay(ctx, topology.Egress(o.Network), &step{call: true, do: r.callNetwork}),
		translator.relay(ctx, topology.Outcomes(o.Network), &step{do: r.toPlatform}),
		platform.relay(ctx, topology.Egress(topology.Platform), &step{call: true, do: r.callPlatform}),
		translator.relay(ctx, topology.Outcomes(topology.Platform), nil),
	)
	if err != nil {
		return nil, err
	}
	r.mux.HandleFunc("POST /channels/{channel}/message", r.accept)
	r.mux.HandleFunc("POST /webhooks/"+o.Network+"/{channel}", r.hear)
	return r, nil
}

// makeStreams makes the streams that the bridge has. Those that hold unfinished work are work queues, which give up a message with
// its acknowledgement: the plainest way to relay, and what the bridge is measured by.
func makeStreams(ctx context.Context, o Options) error {
	b, err := bus.Connect(o.URL, bus.Options{Name: "floor", Node: o.Node})
	if err != nil {
		return err
	}
	defer b.Close(ctx)
	if err := provision.Apply(ctx, b, []string{o.Network}, provision.Storage{Replicas: o.Replicas}); err != nil {
		return err
	}
	for _, s := range topology.Streams([]string{o.Network}) {
		if !s.Queue {
			continue
		}
		made, err := b.JetStream().Stream(ctx, s.Name)
		if err != nil {
			return err
		}
		if err := b.JetStream().DeleteStream(ctx, s.Name); err != nil {
			return err
		}
		c := made.CachedInfo().Config
		c.Retention = jetstream.WorkQueuePolicy
		if _, err := b.JetStream().CreateStream(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// ServeHTTP serves the public side.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }

// Ready returns the first thing that went wrong, or what is not connected: a floor that lost a message is none.
func (r *Relay) Ready(context.Context) error {
	if err := r.failed.Load(); err != nil {
		return *err
	}
	for _, p := range r.places {
		if !p.nc.IsConnected() {
			return fmt.Errorf("%s: not connected", p.name)
		}
	}
	return nil
}

func (r *Relay) fail(err error) {
	if r.ctx.Err() == nil {
		r.failed.CompareAndSwap(nil, &err)
	}
}

// Close stops reading, waits for calls under way and disconnects.
func (r *Relay) Close() {
	r.stop()
	for _, p := range r.places {
		p.stop()
	}
	r.calls.Wait()
	for _, p := range r.places {
		p.nc.Close()
	}
	r.client.CloseIdleConnections()
}

// place connects one of the places that a service has in the bridge.
func (r *Relay) place(name string) (*place, error) {
	options := []nats.Option{nats.Name("floor-" + name), nats.Timeout(requestTimeout)}
	if r.Node != nil {
		options = append(options, r.Node.InProcess())
	}
	nc, err := nats.Connect(r.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to nats: %w", err)
	}
	p := &place{name: name, owner: r, nc: nc, slots: make(chan struct{}, r.Concurrency)}
	r.places = append(r.places, p)
	p.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(requestTimeout), jetstream.WithPublishAsyncMaxPending(4*underWay))
	return p, err
}
