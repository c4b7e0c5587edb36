package conn

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Times of a connection that the broker closes again and again.
const (
	// Pause is how long after the first is gone the next is made; it doubles up to pauseMax, less up to a half at random,
	// so that the processes of a deployment do not come back all at once.
	Pause, pauseMax = 100 * time.Millisecond, 5 * time.Second
	// giveUp is how long no connection may last before the process has to end: whatever it does wrong, it goes on
	// doing. A broker that is merely away is waited for without end.
	giveUp = 10 * time.Minute
)

// Dial is how links are made, the first and all others. All fields are required.
type Dial struct {
	// URL is one address of a server, or several with commas between them.
	URL     string
	Options []nats.Option
	// JetStream makes the client on a connection.
	JetStream func(*nats.Conn) (jetstream.JetStream, error)
	Log       *slog.Logger
}

// Keeper keeps a link: when it is gone for good, it makes another. It is safe for concurrent use.
type Keeper struct {
	dial Dial
	// current is replaced by keep alone, and never nil once [Keep] has returned.
	current atomic.Pointer[Link]
	once    sync.Once
	ending  chan struct{} // closed when there will be no other link
	kept    chan struct{} // closed when keep has ended
}

// Keep makes the first link. With wait, a broker that is away is no error: the link is made all the same, and connects later. The
// caller ends the keeper by [Keeper.Close].
func Keep(d Dial, wait bool) (*Keeper, error) {
	k := &Keeper{dial: d, ending: make(chan struct{}), kept: make(chan struct{})}
	l, err := k.connect(wait)
	if err != nil {
		return nil, err
	}
	k.current.Store(l)
	// with wait the client tries on in the background: an operator who looks at the log sees why nothing works yet
	if !l.nc.IsConnected() {
		d.Log.Warn("the broker is not there yet: it is waited for", "err", cmp.Or(l.nc.LastError(), nats.ErrNoServers))
	}
	go k.keep()
	return k, nil
}

// Link is the one that there is now. Whoever makes several requests that belong together asks once.
func (k *Keeper) Link() *Link { return k.current.Load() }

// Done is closed when there is no link any more and will be none: the keeper was closed, or has given up.
func (k *Keeper) Done() <-chan struct{} { return k.ending }

// Close disconnects at once and for good, and waits for the keeper's goroutine as long as the context lives. A second Close does no
// harm.
func (k *Keeper) Close(ctx context.Context) {
	// end first, or keep would take the closed connection for one to make anew
	k.end()
	k.Link().nc.Close()
	select {
	case <-k.kept:
	case <-ctx.Done():
	}
}

// end says that there will be no other link. It may be called twice.
func (k *Keeper) end() { k.once.Do(func() { close(k.ending) }) }

// connect makes a link. Its handlers are called by the client's own goroutines.
func (k *Keeper) connect(wait bool) (*Link, error) {
	l := &Link{gone: make(chan struct{})}
	given := k.dial.Options
	options := append(given[:len(given):len(given)],
		nats.RetryOnFailedConnect(wait),
		nats.ConnectHandler(func(*nats.Conn) { l.up.Store(time.Now().UnixNano()) }),
		nats.ReconnectHandler(func(*nats.Conn) {
			l.up.Store(time.Now().UnixNano())
			k.dial.Log.Info("broker reconnected")
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(l.gone) }),
	)
	var err error
	if l.nc, err = nats.Connect(k.dial.URL, options...); err != nil {
		return nil, fmt.Errorf("connect to nats: %w", err)
	}
	if l.js, err = k.dial.JetStream(l.nc); err != nil {
		l.nc.Close()
		return nil, fmt.Errorf("open jetstream: %w", err)
	}
	return l, nil
}

// keep is the goroutine of a keeper. It makes the link anew whenever it is gone for good, until the keeper is closed. Where
// none lasts for [giveUp] it gives up: what the process does wrong begins with its next start.
func (k *Keeper) keep() {
	defer close(k.kept)
	var since time.Time // when the first of those was gone that did not last
	wait := Pause
	for l := k.Link(); ; {
		select {
		case <-k.ending:
			l.nc.Close() // it may have been made a moment ago
			return
		case <-l.gone:
		}
		if since.IsZero() || l.lasted() {
			since, wait = time.Now(), Pause
		}
		k.dial.Log.Warn("the broker closed the connection for good: another one is made", "err", l.nc.LastError())
		next := k.again(since, &wait)
		if next == nil {
			return
		}
		l = next
		k.current.Store(l)
	}
}

// again makes another link, after a pause that grows. It returns nil where the keeper is closed or gives up.
func (k *Keeper) again(since time.Time, wait *time.Duration) *Link {
	for {
		if time.Since(since) > giveUp {
			k.dial.Log.Error("no connection to the broker lasts: the process has to start again", "for", giveUp.String())
			k.end()
			return nil
		}
		select {
		case <-k.ending:
			return nil
		case <-time.After(*wait/2 + rand.N(*wait/2)):
		}
		*wait = min(2**wait, pauseMax)
		l, err := k.connect(true)
		if err == nil {
			return l
		}
		k.dial.Log.Warn("no connection to the broker", "err", err)
	}
}
