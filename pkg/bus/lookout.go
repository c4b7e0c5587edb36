package bus

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// watch follows heartbeats and records; it starts over when it is interrupted.
func (m *member) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if err := m.follow(ctx); err != nil && ctx.Err() == nil {
			m.bus.log.Debug("watch of leases interrupted", "err", err)
			_ = pause(ctx, 100*time.Millisecond)
		}
	}
}

// follow is one watch. Where it shows our own heartbeats no longer, though they are stored, it has gone deaf without a
// sign: what this process believes of the others is old, while they believe in this process.
func (m *member) follow(ctx context.Context) error {
	ctx, cancel := m.bus.link().during(ctx)
	defer cancel()
	begin := time.AfterFunc(requestTimeout, cancel)
	kv, err := m.bus.Bucket(topology.Leases).open(ctx)
	if err != nil {
		return err
	}
	w, err := kv.WatchFiltered(ctx, []string{"alive." + m.service + ".*", "unit." + m.service + ".>"})
	begin.Stop()
	if err != nil {
		return err
	}
	defer stopWatcher(w)
	began, look := time.Now(), time.NewTicker(m.bus.lease/2)
	defer look.Stop()
	there := map[string]bool{} // of the first look
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
			if m.deaf(began) {
				return errDeaf
			}
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

// errDeaf means that a watch shows nothing any more.
var errDeaf = errors.New("our own heartbeats are stored and not shown")

// deaf says that heartbeats are stored and have not come through the watch for two leases.
func (m *member) deaf(began time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.lastEcho
	if began.After(last) {
		last = began
	}
	return time.Since(last) > 2*m.bus.lease && time.Now().Before(m.validUntil)
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
