package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus/node"
)

// Options of [Connect].
type Options struct {
	// Name is the service's name: it stands in leases, dead letters and at the broker.
	Name string
	// Node is the embedded server; nil connects to the URL.
	Node *node.Node
	// Folder is that of an embedded server which another process of this user runs, instead of a URL; "" for none.
	Folder string
	// Credentials is the path of a NATS credentials file; "" for none.
	Credentials string
	Log         *slog.Logger
	// Sole says that no other process of this service can run: the embedded server's. It owns everything at once. Else
	// the processes of a service share its units by leases.
	Sole bool
	// Tracer makes the spans of hops; nil makes none.
	Tracer trace.Tracer
}

// Bus is one service's connection.
type Bus struct {
	name     string
	instance string // this process: unit records name it
	nc       *nats.Conn
	js       jetstream.JetStream
	log      *slog.Logger
	tracer   trace.Tracer
	untraced bool                   // the tracer makes nothing
	digest   atomic.Pointer[[]byte] // the deployment's key
	buckets  sync.Map               // bucket handles by name
	handles  sync.Map               // stream handles by name
	sole     bool
	lease    time.Duration // how long a process is believed alive after a heartbeat

	bells  bells
	fills  fills
	join   sync.Once
	member *member
	leave  context.CancelFunc
	left   chan struct{}
}

// requestTimeout bounds one request to the broker. An election takes 4 to 9 seconds: what is refused meanwhile is
// tried again by whoever asked.
const requestTimeout = 5 * time.Second

// asyncPending bounds the publishes of a process that are not known to be stored: more than all partitions and channels
// have under way at once. Beyond it a publish fails at once, and its lane tries it again.
const asyncPending = 1 << 15

// Connect connects and stays connected: it reconnects for ever. It fails when the first connection does.
func Connect(url string, o Options) (*Bus, error) {
	b := &Bus{name: o.Name, instance: o.Name + "-" + uuid.NewString()[:8], log: o.Log, tracer: o.Tracer, sole: o.Sole, lease: leaseTTL}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.tracer == nil {
		b.tracer = noop.NewTracerProvider().Tracer("")
	}
	_, b.untraced = b.tracer.(noop.Tracer)
	opts := []nats.Option{
		nats.Name("puente-" + o.Name), nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(requestTimeout), nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
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
		nats.ReconnectHandler(func(*nats.Conn) { b.log.Info("broker reconnected") }),
	}
	if o.Node != nil {
		opts = append(opts, o.Node.InProcess())
	}
	if o.Folder != "" {
		there, err := node.Reach(o.Folder)
		if err != nil {
			return nil, fmt.Errorf("connect to the broker in %s: %w", o.Folder, err)
		}
		opts = append(opts, there)
	}
	if o.Credentials != "" {
		opts = append(opts, nats.UserCredentials(o.Credentials))
	}
	var err error
	if b.nc, err = nats.Connect(url, opts...); err != nil {
		return nil, fmt.Errorf("connect to nats: %w", err)
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(requestTimeout), jetstream.WithPublishAsyncMaxPending(asyncPending), jetstream.WithPublishAsyncTimeout(requestTimeout)); err != nil {
		return nil, fmt.Errorf("open jetstream: %w", err)
	}
	return b, nil
}

// Logger is the service's, for what reads and writes on its behalf.
func (b *Bus) Logger() *slog.Logger { return b.log }

// Close waits for what was published without waiting, for at most as long as the context lives, and disconnects.
func (b *Bus) Close(ctx context.Context) {
	if b.leave != nil {
		b.leave()
		select {
		case <-b.left:
		case <-ctx.Done():
		}
	}
	select {
	case <-b.js.PublishAsyncComplete():
	case <-ctx.Done():
	}
	b.nc.Close()
}

// membership joins the processes of this service, once.
func (b *Bus) membership() *member {
	b.join.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		b.member, b.leave, b.left = b.newMember(b.name), cancel, make(chan struct{})
		go func() {
			defer close(b.left)
			b.member.run(ctx)
		}()
	})
	return b.member
}

// errClosed means that the connection is gone for good: the process has to start again.
var errClosed = errors.New("the connection to nats is closed")

// Ready says what is missing before the bus can be used: the connection, or one of the streams.
func (b *Bus) Ready(ctx context.Context, streams ...string) error {
	if !b.nc.IsConnected() {
		return errors.New("not connected to nats")
	}
	var errs []error
	for _, name := range streams {
		if _, err := b.js.Stream(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("stream %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
