package shard

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// membership is this process among the members of its group: whether its own heartbeats are believed, and what its watch
// has shown of the heartbeats and lease records of others.
type membership struct {
	kv       KV
	service  string
	instance string
	lease    time.Duration
	log      *slog.Logger
	meter    *meter.Meter
	beatNow  chan struct{} // asks for a heartbeat at once

	mu         sync.Mutex
	validUntil time.Time // zero while the own heartbeats have not been stored in time
	// epoch is how often validity was lost. A lease that was stored in an earlier one is not valid until it is renewed:
	// another member may have taken the shard meanwhile.
	epoch   int
	leaving bool                  // finishes what it has, takes nothing more
	synced  bool                  // the watch has shown all there was when it began
	peers   map[string]peer       // the other members, by instance
	newest  time.Time             // the last heartbeat that was shown, by the broker's clock
	records map[string]seenRecord // by key
	echo    echo
	changed chan struct{} // closed, and replaced, when something changed that matters to who owns what
}

// peer is the last heartbeat of another member.
type peer struct {
	revision uint64
	leaving  bool
	even     bool      // shares evenly what is spread
	shown    time.Time // when a watch first showed it, by the own clock
	// found says that it was there when the watch began, perhaps for long: stored tells, by the broker's clock. That clock
	// may jump, or be another node's after an election, so nobody is believed dead because of it.
	found  bool
	stored time.Time
}

// recent says that the heartbeat was not stored long before it was shown.
func (p peer) recent(newest time.Time, lease time.Duration) bool {
	return !p.found || newest.Sub(p.stored) < lease
}

// echo is the own heartbeat as the watch shows it.
type echo struct {
	revision uint64
	last     time.Time // when one was last shown that had not been before
	since    time.Time // since when they have come without a gap
}

// seenRecord is a lease record as the watch showed it.
type seenRecord struct {
	owner    string // "" for nobody
	revision uint64 // what a claim is compared with
}

// newMembership does no I/O: run does.
func newMembership(kv KV, o Options) *membership {
	return &membership{
		kv: kv, service: o.Service, instance: o.Instance, lease: o.Lease, log: o.Log, meter: o.Meter, beatNow: make(chan struct{}, 1),
		peers: map[string]peer{}, records: map[string]seenRecord{}, changed: make(chan struct{}),
	}
}

// run is the membership's life: it beats and watches until the context ends, and then says that it is gone.
func (m *membership) run(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { m.watch(ctx) })
	m.beat(ctx)
	watching.Wait()
	// without the key the others need not wait for the silence
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = m.kv.DeleteAt(last, heartbeatKey(m.service, m.instance), 0)
}

// leave says to the others that this member takes nothing more. What it has it keeps until it has finished.
func (m *membership) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.leaving {
		m.leaving = true
		m.beatNow <- struct{}{}
	}
}

// notify wakes whoever waits for a change. It is called where something changed that decides who owns what, and not at each
// heartbeat. The lock is held.
func (m *membership) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// valid says whether no other member can believe this one dead, and in which epoch.
func (m *membership) valid() (epoch int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.epoch, time.Now().Before(m.validUntil)
}

// record is what the watch last showed under a key; its zero value where nothing is known. It may be old: whoever acts on it
// writes by compare-and-set.
func (m *membership) record(key string) seenRecord {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[key]
}

// recordsOf are the lease records whose key begins so, as far as the watch has shown them.
func (m *membership) recordsOf(prefix string) (found map[string]seenRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found = map[string]seenRecord{}
	for key, r := range m.records {
		if strings.HasPrefix(key, prefix) {
			found[key] = r
		}
	}
	return found
}

// snapshot is what decisions are made of, at one moment.
type snapshot struct {
	self string
	// alive are those whose shards are theirs, accepting those who take more: who has been heard within the lease. While it
	// is not certain that silence means death, the silent keep their shards and are given none.
	alive, accepting map[string]bool
	// certain says that silence means death. A stalled watch makes everybody look dead: silence counts only while new
	// heartbeats of our own have come through the watch for a whole lease. Without this rule a slow process would take
	// shards from living owners.
	certain bool
	even    bool // all that take shards share evenly what is spread
	valid   bool // the own membership
	epoch   int
	changed <-chan struct{} // closed when another snapshot would differ, but for what only time changes
	sole    bool            // nobody else is there, whatever records say
}

// snapshot is what this member knows at this moment. It asks nobody.
func (m *membership) snapshot() snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	s := snapshot{
		self: m.instance, alive: map[string]bool{m.instance: true}, accepting: map[string]bool{}, changed: m.changed,
		valid: m.synced && now.Before(m.validUntil), epoch: m.epoch,
		certain: now.Sub(m.echo.last) < m.lease/2 && now.Sub(m.echo.since) > m.lease, even: true,
	}
	if !m.leaving {
		s.accepting[m.instance] = true
	}
	for instance, p := range m.peers {
		heard := now.Sub(p.shown) < m.lease // by the own clock: those of others may be wrong
		if heard || !s.certain {
			s.alive[instance] = true
		}
		if heard && !p.leaving && p.recent(m.newest, m.lease) {
			s.accepting[instance] = true
			s.even = s.even && p.even
		}
	}
	return s
}

// soleSnapshot is that of a process that is alone: it is sure of everything.
func (g *Group) soleSnapshot() snapshot {
	self := map[string]bool{g.options.Instance: true}
	return snapshot{self: g.options.Instance, alive: self, accepting: self, certain: true, even: true, valid: true, sole: true}
}

// free says that a lease record with this owner leaves the shard to whoever should have it.
func (s snapshot) free(owner string) bool {
	return s.sole || owner == "" || owner == s.self || s.certain && !s.alive[owner]
}

// statusOf is a snapshot for people and health checks.
func statusOf(s snapshot) Status {
	return Status{
		Instance: s.self, Valid: s.valid, Lapses: s.epoch, Certain: s.certain,
		Members: slices.Sorted(maps.Keys(s.alive)), Accepting: slices.Sorted(maps.Keys(s.accepting)),
	}
}
