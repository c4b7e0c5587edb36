package bus

import (
	"bytes"
	"context"
	"hash/fnv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Times of the leases. An election of the broker takes 4 to 9 seconds: heartbeats fail meanwhile, and the lease lapses
// without cancelling anything.
const (
	beatEvery = time.Second
	leaseTTL  = 5 * time.Second
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
	records    map[string]seenUnit // by the unit's key
	lastEcho   time.Time           // when our own heartbeat last came through the watch
	echoSince  time.Time           // since when it has come without a gap
	now        chan struct{}       // beat at once
	changed    chan struct{}       // closed, and replaced, when something changed
}

// seenBeat is another's last heartbeat, by our own clock.
type seenBeat struct {
	at      time.Time
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
		one, cancel := context.WithTimeout(ctx, leaseTTL)
		err := m.bus.Bucket(Leases).Put(one, m.aliveKey(m.bus.instance), value)
		cancel()
		m.mu.Lock()
		if now := time.Now(); !m.validUntil.IsZero() && now.After(m.validUntil) {
			m.lapse++
			m.validUntil = time.Time{}
			m.bus.log.Warn("lease lapsed: nothing new is started until it is renewed")
		}
		if err == nil && time.Since(began) < leaseTTL {
			m.validUntil = began.Add(leaseTTL)
		}
		m.notify()
		m.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-m.now:
		case <-time.After(beatEvery):
		}
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
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-w.Updates():
			if !ok {
				return jetstream.ErrConsumerDeleted
			}
			if e == nil {
				m.sync()
			} else {
				m.take(e)
			}
		}
	}
}

func (m *member) sync() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.synced = true
	m.notify()
}

// take takes one entry of the watch.
func (m *member) take(e jetstream.KeyValueEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.notify()
	instance, isBeat := strings.CutPrefix(e.Key(), m.aliveKey(""))
	now := time.Now()
	switch {
	case isBeat && e.Operation() != jetstream.KeyValuePut:
		delete(m.seen, instance)
	case isBeat && instance == m.bus.instance:
		if now.Sub(m.lastEcho) > leaseTTL/2 {
			m.echoSince = now
		}
		m.lastEcho = now
	case isBeat:
		m.seen[instance] = seenBeat{now, bytes.Equal(e.Value(), beatLeaving)}
	default:
		if r, err := parseRecord(e.Value()); err == nil && e.Revision() > m.records[e.Key()].revision {
			m.records[e.Key()] = seenUnit{r.Owner, e.Revision()}
		}
	}
}

// notify wakes whoever waits for a change. The lock is held.
func (m *member) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// view is what decisions are made of, at one moment.
type view struct {
	// alive are those whose units are theirs, wanting those of them who take more.
	alive, wanting map[string]bool
	// sure says that silence means death. A stalled watch makes everybody look dead: silence of others counts only while
	// our own heartbeat has come through it for a whole TTL; without this rule a slow process would take units from
	// living owners.
	sure bool
	// valid is our own lease, lapse how often it ran out.
	valid   bool
	lapse   int
	changed <-chan struct{}
}

func (m *member) view() view {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	v := view{
		alive: map[string]bool{m.bus.instance: true}, wanting: map[string]bool{}, lapse: m.lapse, valid: m.synced && now.Before(m.validUntil), changed: m.changed,
		sure: now.Sub(m.lastEcho) < leaseTTL/2 && now.Sub(m.echoSince) > leaseTTL,
	}
	if !m.leaving {
		v.wanting[m.bus.instance] = true
	}
	for instance, beat := range m.seen {
		if !v.sure || now.Sub(beat.at) < leaseTTL {
			v.alive[instance] = true
			if !beat.leaving {
				v.wanting[instance] = true
			}
		}
	}
	return v
}

// free says that a unit's record leaves it to whoever wants it.
func (v view) free(owner, self string) bool {
	return owner == "" || owner == self || v.sure && !v.alive[owner]
}

// valid says that nobody else can believe this process dead.
func (m *member) valid() (lapse int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lapse, time.Now().Before(m.validUntil)
}

func (m *member) record(key string) seenUnit {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[key]
}

// forget removes the keys of the long dead.
func (m *member) forget(ctx context.Context) {
	m.mu.Lock()
	var dead []string
	for instance, beat := range m.seen {
		if time.Since(beat.at) > forgetAfter {
			dead = append(dead, instance)
		}
	}
	m.mu.Unlock()
	for _, instance := range dead {
		_ = m.bus.Bucket(Leases).Delete(ctx, m.aliveKey(instance))
	}
}

// rendezvous is the owner a unit should have: the highest hash of unit and process. When one process comes or goes,
// only its share moves.
func rendezvous(unit string, wanting map[string]bool) string {
	best, highest := "", uint64(0)
	for instance := range wanting {
		h := fnv.New64a()
		_, _ = h.Write([]byte(unit + "|" + instance))
		// fnv alone is nearly linear in its last bytes: mix
		x := h.Sum64()
		x ^= x >> 33
		x *= 0xff51afd7ed558ccd
		x ^= x >> 33
		if best == "" || x > highest || x == highest && instance > best {
			best, highest = instance, x
		}
	}
	return best
}
