package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// Options of [Connect].
type Options struct {
	// Name is the service's name: it stands in leases, dead letters and at the broker.
	Name string
	// Node is a broker that is reached without the network, instead of the URL; nil for none.
	Node Node
	// Access is how the broker lets the service in.
	Access Access
	// Wait says that a broker which is away is waited for: [Connect] returns at once; provision.Await waits for it.
	Wait bool
	Log  *slog.Logger
	// Tracer makes the spans of hops; nil makes none.
	Tracer trace.Tracer
	// Meter measures what goes over the bus, and is there for what reads and writes on the service's behalf; nil measures
	// nothing.
	Meter *meter.Meter
}

// Node is a broker that is reached without the network: the embedded one, in this process or by its folder's socket. It is
// an interface so that only who runs the embedded server links it.
type Node interface {
	// InProcess is how to connect to it, the first time and again.
	InProcess() nats.Option
}

// Bus is one service's connection to the broker, with what a process needs one of: its instance's name, its log and tracer,
// the deployment's digest key, what it notified of lately. It is made by [Connect] and ended by [Bus.Close], and is safe for
// concurrent use. Under it the connection may be another one from one moment to the next (see link), so nothing that stands
// on a connection is kept here.
type Bus struct {
	name     string
	instance string // this process: unit records name it
	log      *slog.Logger
	tracer   trace.Tracer
	meter    *meter.Meter
	untraced bool                   // the tracer makes nothing
	digest   atomic.Pointer[[]byte] // the deployment's key

	url     string
	access  Access
	options []nats.Option // of every connection; made once, so that a credentials file that is missing is told at the start
	current atomic.Pointer[link]
	once    sync.Once
	ending  chan struct{} // closed when there will be no other link
	kept    chan struct{} // closed when keep has ended

	notifier notifier // what was told of lately on EGRESS_*
	fills    fills
	measured measured
}

// RequestTimeout bounds one request to the broker. An election takes 4 to 9 seconds: what is refused meanwhile is
// tried again by whoever asked.
const RequestTimeout = 5 * time.Second

// asyncPending bounds the publishes of a process that are not known to be stored: more than all partitions and channels
// have under way at once. Beyond it a publish fails at once, and its lane tries it again.
const asyncPending = 1 << 15

// Connect connects and stays connected: it reconnects for ever, and makes a connection anew that the broker closed for
// good. It fails when the first connection does, unless [Options.Wait] says otherwise.
func Connect(url string, o Options) (*Bus, error) {
	b := &Bus{
		name: o.Name, instance: o.Name + "-" + uuid.NewString()[:8], log: o.Log, tracer: o.Tracer, meter: o.Meter,
		url: url, access: o.Access, ending: make(chan struct{}), kept: make(chan struct{}),
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.tracer == nil {
		b.tracer = noop.NewTracerProvider().Tracer("")
	}
	_, b.untraced = b.tracer.(noop.Tracer)
	var err error
	if b.options, err = b.connection(o); err != nil {
		return nil, err
	}
	l, err := b.dial(o.Wait)
	if err != nil {
		return nil, err
	}
	b.current.Store(l)
	if !l.nc.IsConnected() {
		b.log.Warn("the broker is not there yet: it is waited for", "err", cmp.Or(l.nc.LastError(), nats.ErrNoServers))
	}
	go b.keep()
	return b, nil
}

// connection is how to connect, the first time and again.
func (b *Bus) connection(o Options) ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name("puente-" + o.Name), nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(RequestTimeout), nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		// a refusal may be a restart of whoever checks credentials: it must not end the connection for good
		nats.IgnoreAuthErrorAbort(),
		// what was not sent is not kept for after a reconnect: a publish then is its caller's decision
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.log.Warn("broker error", "err", err) }),
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if !c.IsClosed() {
				b.log.Warn("broker disconnected", "err", err)
			}
		}),
	}
	if o.Node != nil {
		options = append(options, o.Node.InProcess())
	}
	access, err := o.Access.options(o.Name)
	if err != nil {
		return nil, err
	}
	return append(options, access...), nil
}

// Name is the service's, as it stands in leases and dead letters.
func (b *Bus) Name() string { return b.name }

// Instance names this process among those of its service.
func (b *Bus) Instance() string { return b.instance }

// Logger is the service's, for what reads and writes on its behalf.
func (b *Bus) Logger() *slog.Logger { return b.log }

// Meter is the service's, for what reads and writes on its behalf; nil measures nothing.
func (b *Bus) Meter() *meter.Meter { return b.meter }

// Close waits for what was published without waiting, for at most as long as the context lives, and disconnects. Whoever
// uses the bus has to have returned: what is called afterwards fails. A second Close does no harm.
func (b *Bus) Close(ctx context.Context) {
	select {
	case <-b.JetStream().PublishAsyncComplete():
	case <-ctx.Done():
	}
	b.sever()
	select {
	case <-b.kept:
	case <-ctx.Done():
	}
}

// sever disconnects at once and for good.
func (b *Bus) sever() {
	b.end()
	b.Conn().Close()
}

// Ready asks the broker, and says what is missing before the bus can be used: the connection, or one of the streams.
func (b *Bus) Ready(ctx context.Context, streams ...string) error {
	if !b.Conn().IsConnected() {
		return errors.New("not connected to nats")
	}
	var errs []error
	for _, name := range streams {
		if _, err := b.JetStream().Stream(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("stream %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
