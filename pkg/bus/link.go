package bus

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// link is one connection to the broker with what stands on it: handles on streams and buckets end with it.
//
// The client comes back by itself from whatever breaks a connection, except from what the broker says before it closes
// one: a line that is too long, a subject that is none, a message that is too large. Then the connection is gone for
// good, and [Bus.keep] makes another. Whoever reads holds on to the link that it began with and ends with it, by [errGone]:
// a consumer of one connection delivers nothing on the next.
type link struct {
	nc      *nats.Conn          // reconnects by itself, without end
	js      jetstream.JetStream // on nc
	gone    chan struct{}       // closed when the client does not come back
	up      atomic.Int64        // when it was connected last, in Unix nanoseconds; 0 for never
	buckets sync.Map            // bucket handles by name
	handles sync.Map            // stream handles by name
}

// Times of a connection that the broker closes again and again.
const (
	// linkPause is how long after the first is gone the next is made; it doubles up to linkPauseMax, less up to a half at random,
	// so that the processes of a deployment do not come back all at once.
	linkPause, linkPauseMax = 100 * time.Millisecond, 5 * time.Second
	// linkLasts is how long a connection has to be there to count as a good one.
	linkLasts = time.Minute
	// linkGiveUp is how long no connection may last before the process has to end: whatever it does wrong, it goes on
	// doing. A broker that is merely away is waited for without end.
	linkGiveUp = 10 * time.Minute
)

// dial makes a link. With wait, a broker that is away is no error: the link is made all the same, and connects later. Its handlers
// are called by the client's own goroutines.
func (b *Bus) dial(wait bool) (*link, error) {
	l := &link{gone: make(chan struct{})}
	options := append(b.options[:len(b.options):len(b.options)],
		nats.RetryOnFailedConnect(wait),
		nats.ConnectHandler(func(*nats.Conn) { l.up.Store(time.Now().UnixNano()) }),
		nats.ReconnectHandler(func(*nats.Conn) {
			l.up.Store(time.Now().UnixNano())
			b.log.Info("broker reconnected")
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(l.gone) }),
	)
	var err error
	if l.nc, err = nats.Connect(b.url, options...); err != nil {
		return nil, fmt.Errorf("connect to nats: %w", err)
	}
	l.js, err = b.access.jetStream(l.nc, jetstream.WithDefaultTimeout(RequestTimeout), jetstream.WithPublishAsyncMaxPending(asyncPending), jetstream.WithPublishAsyncTimeout(RequestTimeout))
	if err != nil {
		l.nc.Close()
		return nil, fmt.Errorf("open jetstream: %w", err)
	}
	return l, nil
}

// lasted says that the link, which is gone, was a good one: whatever ends it after a minute is no fault that the next one has
// at once again.
func (l *link) lasted() bool {
	up := l.up.Load()
	return up > 0 && time.Since(time.Unix(0, up)) >= linkLasts
}

// during is a context that ends with the link too, by [errGone].
func (l *link) during(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-l.gone:
			cancel(errGone)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// keep is the goroutine of a bus. It makes the connection anew whenever it is gone for good, until the bus is closed. Where
// none lasts for [linkGiveUp] it gives up: the bus is over, and what the process does wrong begins with its next start.
func (b *Bus) keep() {
	defer close(b.kept)
	var since time.Time // when the first of those was gone that did not last
	wait := linkPause
	for l := b.link(); ; {
		select {
		case <-b.ending:
			l.nc.Close() // it may have been made a moment ago
			return
		case <-l.gone:
		}
		if since.IsZero() || l.lasted() {
			since, wait = time.Now(), linkPause
		}
		b.log.Warn("the broker closed the connection for good: another one is made", "err", l.nc.LastError())
		next := b.redial(since, &wait)
		if next == nil {
			return
		}
		l = next
		b.current.Store(l)
	}
}

// redial makes another link, after a pause that grows. It returns nil where the bus is closed or gives up.
func (b *Bus) redial(since time.Time, wait *time.Duration) *link {
	for {
		if time.Since(since) > linkGiveUp {
			b.log.Error("no connection to the broker lasts: the process has to start again", "for", linkGiveUp.String())
			b.end()
			return nil
		}
		select {
		case <-b.ending:
			return nil
		case <-time.After(*wait/2 + rand.N(*wait/2)):
		}
		*wait = min(2**wait, linkPauseMax)
		l, err := b.dial(true)
		if err == nil {
			return l
		}
		b.log.Warn("no connection to the broker", "err", err)
	}
}

// link is the connection that there is now. Whoever makes several requests that belong together asks once.
func (b *Bus) link() *link { return b.current.Load() }

// Conn is the connection that there is now. It may be another one at the next call, so nobody keeps it. It is for the
// packages below pkg/bus alone.
func (b *Bus) Conn() *nats.Conn { return b.link().nc }

// JetStream is the client on [Bus.Conn], with the same limits: each request ends after [RequestTimeout].
func (b *Bus) JetStream() jetstream.JetStream { return b.link().js }

// end says that there will be no other connection. It may be called twice.
func (b *Bus) end() { b.once.Do(func() { close(b.ending) }) }

// Done is closed when there is no connection any more and will be none: the bus was closed, or has given up. A process that did
// not close it has to end then, so that whatever supervises it starts it again.
func (b *Bus) Done() <-chan struct{} { return b.ending }

// Over says that [Bus.Done] is closed.
func (b *Bus) Over() bool {
	select {
	case <-b.ending:
		return true
	default:
		return false
	}
}
