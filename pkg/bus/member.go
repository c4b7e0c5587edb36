package bus

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
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
	_ = m.bus.Bucket(Leases).Delete(last, m.aliveKey(m.bus.instance))
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
		err := m.bus.Bucket(Leases).Put(one, m.aliveKey(m.bus.instance), value)
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

// watch follows heartbeats and records; it starts over when it is interrupted.
func (m *member) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if err := m.follow(ctx); err != nil && ctx.Err() == nil {
			m.bus.log.Debug("watch of leases interrupted", "err", err)
			_ = pause(ctx, 100*time.Millisecond)
		}
	}
}

func (m *member) follow(ctx context.Context) error {
	kv, err := m.bus.js.KeyValue(ctx, Leases)
	if err != nil {
		return err
	}
	w, err := kv.WatchFiltered(ctx, []string{"alive." + m.service + ".*", "unit." + m.service + ".>"})
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	there := map[string]bool{} // of the first look
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-w.Updates():
			if !ok {
				return jetstream.ErrConsumerDeleted
			}
			if e == nil {
				m.sync(there)
				there = nil
				continue
			}
			if there != nil {
				there[e.Key()] = true
			}
			m.take(e)
		}
	}
}

// sync ends the first look of a watch: what it did not show went while nobody watched.
func (m *member) sync(there map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.records {
		if !there[key] {
			delete(m.records, key)
		}
	}
	m.synced = true
	m.notify()
}

// take takes one entry of the watch.
func (m *member) take(e jetstream.KeyValueEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	instance, isBeat := strings.CutPrefix(e.Key(), m.aliveKey(""))
	switch {
	case isBeat:
		m.takeBeat(instance, e)
	case e.Revision() < m.records[e.Key()].revision: // an older one, of a watch that began again
	case e.Operation() != jetstream.KeyValuePut:
		delete(m.records, e.Key())
		m.notify()
	default:
		if r, err := parseRecord(e.Value()); err == nil {
			before := m.records[e.Key()].owner
			m.records[e.Key()] = seenUnit{r.Owner, e.Revision()}
			if before != r.Owner {
				m.notify()
			}
		}
	}
}

// takeBeat takes a heartbeat. Only who comes, goes or leaves changes anything; silence is noticed by looking. The lock
// is held.
func (m *member) takeBeat(instance string, e jetstream.KeyValueEntry) {
	now := time.Now()
	if e.Operation() == jetstream.KeyValuePut && e.Created().After(m.newest) {
		m.newest = e.Created()
	}
	if instance == m.bus.instance {
		if now.Sub(m.lastEcho) > m.bus.lease/2 {
			m.echoSince = now
		}
		m.lastEcho = now
		return
	}
	before, known := m.seen[instance]
	if e.Operation() != jetstream.KeyValuePut {
		delete(m.seen, instance)
		m.notify()
		return
	}
	beat := seenBeat{now, e.Created(), bytes.Equal(e.Value(), beatLeaving)}
	m.seen[instance] = beat
	if !known || before.leaving != beat.leaving || now.Sub(before.at) > m.bus.lease {
		m.notify()
	}
}

// notify wakes whoever waits for a change. The lock is held.
func (m *member) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}
