package bus

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// Times of the leases. An election of the broker takes 4 to 9 seconds: heartbeats fail meanwhile, and the lease lapses
// without cancelling anything.
const (
	leaseTTL      = 5 * time.Second
	beatsPerLease = 5
	// forgetAfter is when the key of a dead process is removed.
	forgetAfter = time.Minute
)

// member is this process among those of its service: its heartbeat, and what it knows of the others by watching
// LEASES. Who wants what follows from who is alive (rendezvous); who has what is only ever decided by compare-and-set
// on a unit's record.
type member struct {
	bus     *Bus
	service string

	mu         sync.Mutex
	synced     bool // the watch has shown all there was when it began
	validUntil time.Time
	lapse      int                 // how often the own lease ran out: what was taken before is to be confirmed
	leaving    bool                // finishes what it has, wants nothing more
	seen       map[string]seenBeat // others
	newest     time.Time           // the last heartbeat of anybody, by the broker's clock
	records    map[string]seenUnit // by the unit's key
	lastEcho   time.Time           // when our own heartbeat last came through the watch
	echoSince  time.Time           // since when it has come without a gap
	now        chan struct{}       // beat at once
	changed    chan struct{}       // closed, and replaced, when something changed
}

// seenBeat is another's last heartbeat.
type seenBeat struct {
	at      time.Time // by our own clock
	stored  time.Time // by the broker's: a watch that begins shows what was written long ago
	leaving bool
}

// What a heartbeat says.
var (
	beatHere    = []byte("here")
	beatLeaving = []byte("leaving")
)

// seenUnit is a unit's record as the watch showed it.
type seenUnit struct {
	owner    string
	revision uint64
}

func (b *Bus) newMember(service string) *member {
	return &member{
		bus: b, service: service, seen: map[string]seenBeat{}, records: map[string]seenUnit{}, changed: make(chan struct{}), now: make(chan struct{}, 1),
	}
}

func (m *member) aliveKey(instance string) string { return "alive." + m.service + "." + instance }

// run beats and watches until the context ends; then it says that it is gone, so that nobody waits for its silence.
func (m *member) run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { m.watch(ctx) })
	m.beat(ctx)
	wg.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = m.bus.Bucket(topology.Leases).Delete(last, m.aliveKey(m.bus.instance))
}

// beat renews the own lease. It counts from before the write, so that it never outlives what others see.
func (m *member) beat(ctx context.Context) {
	for {
		m.mu.Lock()
		value := beatHere
		if m.leaving {
			value = beatLeaving
		}
		m.mu.Unlock()
		began := time.Now()
		one, cancel := context.WithTimeout(ctx, m.bus.lease)
		err := m.bus.Bucket(topology.Leases).Put(one, m.aliveKey(m.bus.instance), value)
		cancel()
		m.renew(began, err == nil)
		select {
		case <-ctx.Done():
			return
		case <-m.now:
		case <-time.After(m.bus.lease / beatsPerLease):
		}
	}
}

// renew is what a heartbeat that was begun then, and stored or not, means for the own lease.
func (m *member) renew(began time.Time, stored bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.validUntil
	if now := time.Now(); !was.IsZero() && now.After(was) {
		m.lapse++
		m.validUntil = time.Time{}
		m.bus.log.Warn("lease lapsed: nothing new is started until it is renewed")
	}
	if stored && time.Since(began) < m.bus.lease {
		m.validUntil = began.Add(m.bus.lease)
	}
	if was.IsZero() != m.validUntil.IsZero() {
		m.notify()
	}
}

// leave says to the others that this process wants nothing more; what it has, it keeps until it has finished.
func (m *member) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.leaving {
		m.leaving = true
		m.now <- struct{}{}
	}
}

// notify wakes whoever waits for a change. The lock is held.
func (m *member) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}
