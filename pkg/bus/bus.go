package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// Options of [Connect]. The zero value connects without credentials, tells nothing and measures nothing.
type Options struct {
	// Name is the service's name, such as "ingress". It stands in leases and dead letters; at the broker the connection is called
	// "puente-ingress". All processes of a service share it: [Bus.Instance] tells them apart.
	Name string
	// Node is a broker that is reached without the network, instead of the URL; nil for none.
	Node Node
	// Access is how the broker lets the service in.
	Access Access
	// Wait says that a broker which is away is waited for: [Connect] returns at once; provision.Await waits for it. Until then
	// every request fails.
	Wait bool
	// Log is told what happens to the connection; nil tells nobody. It gets names of streams and counts, no content.
	Log *slog.Logger
	// Tracer makes the spans of hops; nil makes none.
	Tracer trace.Tracer
	// Meter measures what goes over the bus, and is there for what reads and writes on the service's behalf; nil measures
	// nothing.
	Meter *meter.Meter
}

// Node is a broker that is reached without the network: the embedded one, in this process or by its folder's socket. It is
// an interface so that only who runs the embedded server links it. Package node has the one implementation.
type Node interface {
	// InProcess is how to connect to it, the first time and again. It outlives restarts of the broker, so that the client comes
	// back by itself.
	InProcess() nats.Option
}

// Bus is one service's connection to the broker, with what a process needs one of: its instance's name, its log and tracer,
// the deployment's digest key. It is made by [Connect] and ended by [Bus.Close], and is safe for
// concurrent use. Under it the connection may be another one from one moment to the next, so nothing that stands
// on a connection is kept here.
type Bus struct {
	name     string
	instance string // this process: lease records name it
	log      *slog.Logger
	tracer   trace.Tracer
	meter    *meter.Meter
	untraced bool                        // the tracer makes nothing: attributes need not be put together
	digests  atomic.Pointer[digest.Keys] // by the deployment's key; nil until it was loaded, and never changed then

	access Access
	keeper *conn.Keeper // of the connection that there is now

	readers atomic.Uint64 // made so far

	// What is remembered across requests, each with a lock of its own.
	recent   recent   // how streams stood a moment ago
	measured measured // what the metrics last heard of streams
}

// RequestTimeout bounds one request to the broker. An election takes 4 to 9 seconds: what is refused meanwhile is
// tried again by whoever asked.
const RequestTimeout = 5 * time.Second

// asyncPending bounds the publishes of a process that are not known to be stored: more than all partitions and channels
// have under way at once. Beyond it a publish fails at once, and its lane tries it again.
const asyncPending = 1 << 15

// Connect connects and stays connected: it reconnects for ever, and makes a connection anew that the broker closed for
// good. url is one address of a server, or several with commas between them; with [Options.Node] it says nothing. It waits for
// [RequestTimeout] for each server, and fails when none takes the first connection, unless [Options.Wait] says otherwise. It
// fails in any case where [Options.Access] cannot be right: a file that is missing, a key that is none.
//
// The caller ends it by [Bus.Close]. A process has one bus for each service that it runs.
func Connect(url string, o Options) (*Bus, error) {
	b := &Bus{
		name: o.Name, instance: o.Name + "-" + uuid.NewString()[:8], log: o.Log, tracer: o.Tracer, meter: o.Meter,
		access: o.Access,
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	// spans of a tracer that is not there would cost their attributes all the same: they are left out by a flag
	if b.tracer == nil {
		b.tracer = noop.NewTracerProvider().Tracer("")
	}
	_, b.untraced = b.tracer.(noop.Tracer)
	options, err := b.connection(o)
	if err != nil {
		return nil, err
	}
	b.keeper, err = conn.Keep(conn.Dial{URL: url, Options: options, Log: b.log, JetStream: func(nc *nats.Conn) (jetstream.JetStream, error) {
		return b.access.jetStream(nc, jetstream.WithDefaultTimeout(RequestTimeout), jetstream.WithPublishAsyncMaxPending(asyncPending), jetstream.WithPublishAsyncTimeout(RequestTimeout))
	}}, o.Wait)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// connection is how to connect, the first time and again. A dead server is noticed after 10 to 15 seconds (two pings that
// nothing answers), a closed connection at once; the client then tries every 100 to 200 ms.
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

// Name is the service's, as it stands in leases and dead letters: [Options].Name.
func (b *Bus) Name() string { return b.name }

// Instance names this process among those of its service: the name and eight random hex digits, another one at each start. Lease
// records and heartbeats hold it.
func (b *Bus) Instance() string { return b.instance }

// Logger is the service's, for what reads and writes on its behalf.
func (b *Bus) Logger() *slog.Logger { return b.log }

// Meter is the service's, for what reads and writes on its behalf; nil measures nothing.
func (b *Bus) Meter() *meter.Meter { return b.meter }

// SetDigestKeys gives the bus the keys of its deployment, once, before anything calls [Bus.Digest]; provision.LoadDigestKey reads
// them.
func (b *Bus) SetDigestKeys(keys *digest.Keys) { b.digests.Store(keys) }

// HasDigestKeys says that [Bus.Digest] can be called.
func (b *Bus) HasDigestKeys() bool { return b.digests.Load() != nil }

// Digest is [digest.Keys.Of] with the deployment's keys. Without [Bus.SetDigestKeys] it panics: a digest without the key would be
// stored, and never be found again.
func (b *Bus) Digest(of digest.Purpose, parts ...string) string {
	return b.digests.Load().Of(of, parts...)
}

// Close waits for what was published without waiting, for at most as long as the context lives, and disconnects. Whoever
// uses the bus has to have returned: what is called afterwards fails. It tells no error: what was not confirmed by then is open,
// as after a crash. A second Close does no harm.
func (b *Bus) Close(ctx context.Context) {
	select {
	case <-b.JetStream().PublishAsyncComplete():
	case <-ctx.Done():
	}
	b.keeper.Close(ctx)
}

// Link is the connection that there is now. Whoever makes several requests that belong together asks once. It is for the packages
// below pkg/bus alone, as what stands on it is.
func (b *Bus) Link() *conn.Link { return b.keeper.Link() }

// Conn is the client's side of [Bus.Link]. It may be another one at the next call, so nobody keeps it. It is for the packages
// below pkg/bus alone.
func (b *Bus) Conn() *nats.Conn { return b.Link().Conn() }

// JetStream is the client on [Bus.Conn], with the same limits: each request ends after [RequestTimeout]. It is for the packages
// below pkg/bus alone.
func (b *Bus) JetStream() jetstream.JetStream { return b.Link().JetStream() }

// Done is closed when there is no connection any more and will be none: the bus was closed, or has given up, because no connection
// lasted for ten minutes. A process that did not close it has to end then, so that whatever supervises it starts it again.
func (b *Bus) Done() <-chan struct{} { return b.keeper.Done() }

// Over says that [Bus.Done] is closed.
func (b *Bus) Over() bool {
	select {
	case <-b.Done():
		return true
	default:
		return false
	}
}

// Ready asks the broker, and says what is missing before the bus can be used: the connection, or each of the streams that is not
// there or not known. It costs a request for each stream, so it is for health checks and the start.
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
