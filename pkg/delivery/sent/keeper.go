// Package sent keeps on the stream SENT what a destination took, so that it can be sent again where a receipt tells that it failed.
//
//	k := sent.Keep(b, "whatsapp")
//	defer k.Close()
//	k.Add(key, event, len(body))
//
// It is best effort and in nobody's way: nothing waits for it, what is under way has a bound, and what cannot be kept is counted. Under
// load several events are stored as one message, since a message of a stream costs more than its bytes. A [Finder] finds them again.
package sent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Keeper keeps what one destination took. A nil one keeps nothing. It is safe for concurrent use.
type Keeper struct {
	bus *bus.Bus
	far string
	// waiting is what is not known to be stored; one message of SENT is under way at once.
	waiting chan keeping
	count   atomic.Int64 // how many events are waiting or under way
	bytes   atomic.Int64 // what they take
	ended   chan struct{}

	out atomic.Bool // an outage is going on
	mu  sync.Mutex  // guards what follows
	// since is when the outage began, last when something was not kept for the last time, lost how much was not.
	since, last time.Time
	lost        int
}

// keeping is an event that is to be stored.
type keeping struct {
	key   string
	event *eventv1.Event
	bytes int64
}

// Bounds of what is under way to SENT, for each destination of a process. A broker that is well answers within
// milliseconds: so much is only there where it does not.
const (
	keepsAtOnce = 1024
	keepsBytes  = 16 << 20
)

// Bounds of what is stored as one message.
const (
	// gatherFor is how long an event may wait for others: what is sent in this time before a process is killed is not kept.
	gatherFor = 25 * time.Millisecond
	// gatherBytes is how many bytes of events are stored as one message; a larger event is one of its own.
	gatherBytes = 64 << 10
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
	k := &Keeper{bus: b, far: far, waiting: make(chan keeping, keepsAtOnce), ended: make(chan struct{})}
	go k.work()
	return k
}

// Add puts an event on SENT that was taken, under the key of its send. It does not wait. Only messages to contacts are kept; size is
// what the event takes, in bytes: up to 1,024 events and 16 MB are under way at once, and what is more is not kept. It is encoded
// later: the event may not be changed any more.
func (k *Keeper) Add(key string, e *eventv1.Event, size int) {
	if k == nil || e.GetMessage().GetDirection() != messagev1.Direction_DIRECTION_OUTBOUND {
		return
	}
	p := keeping{key, e, int64(size)}
	if count, bytes := k.count.Add(1), k.bytes.Add(p.bytes); count > keepsAtOnce || bytes > keepsBytes {
		k.release(p)
		k.failed(unkeptBehind, 1)
		return
	}
	k.waiting <- p // it has room for all that are counted
}

func (k *Keeper) release(all ...keeping) {
	for _, p := range all {
		k.bytes.Add(-p.bytes)
	}
	k.count.Add(-int64(len(all)))
}

// work stores what is added until [Keeper.Close].
func (k *Keeper) work() {
	defer close(k.ended)
	for first := range k.waiting {
		k.store(k.gather(first))
	}
}

// gather waits for what is sent at about the same time, or less where it is enough or nothing comes any more.
func (k *Keeper) gather(first keeping) []keeping {
	all, bytes := []keeping{first}, first.bytes
	until := time.NewTimer(gatherFor)
	defer until.Stop()
	for bytes < gatherBytes {
		select {
		case p, open := <-k.waiting:
			if !open {
				return all
			}
			all, bytes = append(all, p), bytes+p.bytes
		case <-until.C:
			return all
		}
	}
	return all
}

// store stores events as one message, for as long as a publish takes at most ([bus.RequestTimeout]).
func (k *Keeper) store(all []keeping) {
	// one that is alone is found by its key. A stream with one message of a subject: what is kept twice is there once
	post := bus.Post{Subject: topology.SentSubject(k.far, all[0].event.GetMessage().GetChannel(), all[0].key), Body: all[0].event}
	if len(all) > 1 {
		together := &eventv1.Event{Kind: all[0].event.Kind}
		for _, p := range all[1:] {
			together.More = append(together.More, p.event)
		}
		post = bus.Post{Subject: topology.SentOfSeveral(k.far, uuid.NewString()), Body: together}
	}
	err := k.bus.PublishLater(context.Background(), post)(context.Background())
	if errors.Is(err, bus.ErrTooLarge) && len(all) > 1 { // one of them is large: each by itself
		for _, p := range all {
			k.store([]keeping{p})
		}
		return
	}
	k.release(all...)
	switch {
	case err == nil:
		k.kept()
	case errors.Is(err, bus.ErrNoRoom):
		k.failed(unkeptStore, len(all))
	default:
		k.failed(unkeptBroker, len(all))
	}
}

// Close waits for what is under way, each for as long as a publish takes at most. Nobody adds anything any more.
func (k *Keeper) Close() {
	if k != nil {
		close(k.waiting)
		<-k.ended
	}
}

// failed counts texts that were not kept. The log says only when that begins, and when it is over.
func (k *Keeper) failed(cause string, count int) {
	for range count {
		k.bus.Meter().Unkept(context.Background(), k.far, cause)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = time.Now()
	k.lost += count
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
