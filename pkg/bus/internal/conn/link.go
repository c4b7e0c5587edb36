package conn

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/valid"
)

// ErrGone means that a link is gone for good. There will be another, unless its [Keeper] is done: trying again is right.
var ErrGone = errors.New("the connection to nats is gone")

// Link is one connection to the broker with what stands on it: handles on streams and buckets end with it. It is safe for
// concurrent use.
//
// The client comes back by itself from whatever breaks a connection, except from what the broker says before it closes
// one: a line that is too long, a subject that is none, a message that is too large. Then the connection is gone for
// good, and the [Keeper] makes another. Whoever reads holds on to the link that it began with and ends with it, by [ErrGone]:
// a consumer of one connection delivers nothing on the next.
type Link struct {
	nc      *nats.Conn          // reconnects by itself, without end
	js      jetstream.JetStream // on nc
	gone    chan struct{}       // closed when the client does not come back
	up      atomic.Int64        // when it was connected last, in Unix nanoseconds; 0 for never
	buckets sync.Map            // bucket handles by name
	streams sync.Map            // stream handles by name
}

// Conn is the connection.
func (l *Link) Conn() *nats.Conn { return l.nc }

// JetStream is the client on the connection.
func (l *Link) JetStream() jetstream.JetStream { return l.js }

// Gone is closed when the connection is gone for good.
func (l *Link) Gone() <-chan struct{} { return l.gone }

// During is a context that ends with the link too, by [ErrGone].
func (l *Link) During(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-l.gone:
			cancel(ErrGone)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// Stream is a handle on a stream; it is asked for once a link, since asking costs a request. It stays good where the stream is
// made anew under its name. Its errors are [valid.ErrName] and the client's.
func (l *Link) Stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if s, ok := l.streams.Load(name); ok {
		return s.(jetstream.Stream), nil
	}
	if err := valid.Name(name); err != nil {
		return nil, err
	}
	s, err := l.js.Stream(ctx, name)
	if err == nil {
		l.streams.Store(name, s)
	}
	return s, err
}

// KeyValue is a handle on a bucket, as [Link.Stream] is one on a stream.
func (l *Link) KeyValue(ctx context.Context, name string) (jetstream.KeyValue, error) {
	if kv, ok := l.buckets.Load(name); ok {
		return kv.(jetstream.KeyValue), nil
	}
	if err := valid.Name(name); err != nil {
		return nil, err
	}
	// the client asks the broker whether the bucket is there
	kv, err := l.js.KeyValue(ctx, name)
	if err == nil {
		l.buckets.Store(name, kv)
	}
	return kv, err
}

// lasts is how long a connection has to be there to count as a good one.
const lasts = time.Minute

// lasted says that the link, which is gone, was a good one: whatever ends it after a minute is no fault that the next one has
// at once again.
func (l *Link) lasted() bool {
	up := l.up.Load()
	return up > 0 && time.Since(time.Unix(0, up)) >= lasts
}
