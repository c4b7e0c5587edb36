// Package sent keeps on the stream SENT what a destination took, so that it can be sent again where a receipt tells that it failed.
//
//	k := sent.Keep(b, "whatsapp")
//	defer k.Close()
//	k.Add(ctx, key, event, len(body))
//
// It is best effort and in nobody's way: nothing waits for it, what is under way has a bound, and what cannot be kept is counted.
package sent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Keeper keeps what one destination took. A nil one keeps nothing. It is safe for concurrent use.
type Keeper struct {
	bus *bus.Bus
	far string
	// slots are taken by what is under way; pending says what that is, in the order of publishing. It never blocks: it has as
	// much room as there are slots.
	slots   chan struct{}
	pending chan keeping
	bytes   atomic.Int64 // of what is under way
	ended   chan struct{}

	out atomic.Bool // an outage is going on
	mu  sync.Mutex  // guards what follows
	// since is when the outage began, last when something was not kept for the last time, lost how much was not.
	since, last time.Time
	lost        int
}

// keeping is what was published and is not known to be stored.
type keeping struct {
	stored func(context.Context) error
	bytes  int64
}

// Bounds of what is under way to SENT, for each destination of a process. A broker that is well answers within
// milliseconds: so much is only there where it does not.
const (
	keepsAtOnce = 1024
	keepsBytes  = 16 << 20
)

// keptQuiet is how long everything has to be kept again for an outage to be over.
const keptQuiet = 5 * time.Second

// Why a text was not kept: the closed set of the label cause.
const (
	unkeptBroker = "broker" // the broker is away, did not answer in time, or has no such stream
	unkeptStore  = "store"  // the broker has no room
	unkeptBehind = "behind" // too much was under way
)

// Keep makes the keeper of a destination, and a goroutine that [Keeper.Close] ends.
func Keep(b *bus.Bus, far string) *Keeper {
	k := &Keeper{
		bus: b, far: far, slots: make(chan struct{}, keepsAtOnce), pending: make(chan keeping, keepsAtOnce), ended: make(chan struct{}),
	}
	go k.settle()
	return k
}

// Add puts an event on SENT that was taken, under the key of its send. It does not wait. Only messages to contacts are kept; size is
// what the event takes, in bytes: up to 1,024 events and 16 MB are under way at once, and what is more is not kept.
func (k *Keeper) Add(ctx context.Context, key string, e *eventv1.Event, size int) {
	if k == nil || e.GetMessage().GetDirection() != messagev1.Direction_DIRECTION_OUTBOUND {
		return
	}
	select {
	case k.slots <- struct{}{}:
	default:
		k.failed(unkeptBehind)
		return
	}
	p := keeping{bytes: int64(size)}
	if k.bytes.Add(p.bytes) > keepsBytes {
		k.release(p)
		k.failed(unkeptBehind)
		return
	}
	// a stream with one message of a subject: what is kept twice is there once
	p.stored = k.bus.PublishLater(ctx, bus.Post{Subject: topology.SentSubject(k.far, e.GetMessage().GetChannel(), key), Body: e})
	k.pending <- p
}

func (k *Keeper) release(p keeping) {
	k.bytes.Add(-p.bytes)
	<-k.slots
}

// settle waits for what is under way, each for as long as a publish takes at most ([bus.RequestTimeout]).
func (k *Keeper) settle() {
	defer close(k.ended)
	for p := range k.pending {
		err := p.stored(context.Background())
		k.release(p)
		switch {
		case err == nil:
			k.kept()
		case errors.Is(err, bus.ErrNoRoom):
			k.failed(unkeptStore)
		default:
			k.failed(unkeptBroker)
		}
	}
}

// Close waits for what is under way, each for as long as a publish takes at most. Nobody adds anything any more.
func (k *Keeper) Close() {
	if k != nil {
		close(k.pending)
		<-k.ended
	}
}

// failed counts a text that was not kept. The log says only when that begins, and when it is over.
func (k *Keeper) failed(cause string) {
	k.bus.Meter().Unkept(context.Background(), k.far, cause)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = time.Now()
	k.lost++
	if k.since.IsZero() {
		k.since = k.last
		k.out.Store(true)
		k.bus.Logger().Warn("texts of sent messages are not kept: those that fail by a receipt cannot be sent again", "far", k.far, "cause", cause)
	}
}

// kept notes that one was.
func (k *Keeper) kept() {
	if !k.out.Load() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since.IsZero() || time.Since(k.last) < keptQuiet {
		return
	}
	k.bus.Logger().Info("texts of sent messages are kept again", "far", k.far, "after", time.Since(k.since).Round(time.Millisecond).String(), "lost", k.lost)
	k.since, k.lost = time.Time{}, 0
	k.out.Store(false)
}
