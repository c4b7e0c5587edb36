package shard

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus/kv"
)

// watchPause is how long after an interruption the next watch begins.
const watchPause = 100 * time.Millisecond

// watch follows heartbeats and lease records until the context ends; it begins anew when it is interrupted.
func (m *membership) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if err := m.follow(ctx); ctx.Err() == nil {
			m.log.Debug("watch of leases interrupted", "err", err)
			_ = pause(ctx, watchPause)
		}
	}
}

// follow is one watch. It ends as well when the watch has gone deaf: it shows nothing, and does not say so. What it shows at its
// beginning replaces what was known as a whole; until it is complete, the old is believed.
func (m *membership) follow(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	var listening sync.WaitGroup
	listening.Go(func() {
		for began := time.Now(); pause(ctx, m.lease/2) == nil; {
			if m.deaf(began) {
				end(errDeaf)
			}
		}
	})
	defer listening.Wait()
	defer end(nil)
	first := &look{records: map[string]seenRecord{}, peers: map[string]bool{}} // nil once it is complete
	err := m.kv.Follow(ctx, []string{serviceKeys(m.service)}, func(e kv.Entry) {
		instance, beat := strings.CutPrefix(e.Key, heartbeatKey(m.service, ""))
		switch {
		case beat:
			if first != nil {
				first.peers[instance] = !e.Deleted
			}
			m.applyHeartbeat(instance, e, first != nil)
		case !strings.HasPrefix(e.Key, leaseKey(m.service, "")): // what others say of the service
		case first != nil:
			applyRecord(first.records, e)
		default:
			m.changeRecord(e)
		}
	}, func() {
		m.sync(first)
		first = nil
	})
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// look is what a watch shows at its beginning: all there is.
type look struct {
	records map[string]seenRecord
	peers   map[string]bool // whose heartbeat is there
}

// sync replaces what was known by what a new watch has shown at its beginning: records may have vanished and members have
// gone while nobody watched, and revisions begin anew where the bucket was made anew.
func (m *membership) sync(l *look) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records, m.synced = l.records, true
	maps.DeleteFunc(m.peers, func(instance string, _ peer) bool { return !l.peers[instance] })
	m.notify()
}

// changeRecord takes a change of a lease record over. Only a change of owner matters to anybody.
func (m *membership) changeRecord(e kv.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.records[e.Key].owner
	applyRecord(m.records, e)
	if _, left := m.records[e.Key]; !left || m.records[e.Key].owner != before {
		m.notify()
	}
}

// applyRecord takes one lease record over. One that cannot be read changes nothing.
func applyRecord(records map[string]seenRecord, e kv.Entry) {
	if e.Deleted {
		delete(records, e.Key)
		return
	}
	if r, err := parseRecord(e.Key, e.Value); err == nil {
		records[e.Key] = seenRecord{r.Owner, e.Revision}
	}
}

// applyHeartbeat takes a heartbeat over; found says that it was there when the watch began. Only who comes, goes or leaves
// changes anything; silence is noticed by looking.
func (m *membership) applyHeartbeat(instance string, e kv.Entry, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if !e.Deleted && e.Stored.After(m.newest) {
		m.newest = e.Stored
	}
	if instance == m.instance {
		m.applyEcho(now, e.Revision)
		return
	}
	before, known := m.peers[instance]
	if e.Deleted {
		delete(m.peers, instance)
		m.notify()
		return
	}
	if known && before.revision == e.Revision {
		return // shown again by another watch: it says nothing new
	}
	p := peer{revision: e.Revision, leaving: string(e.Value) == beatLeaving, even: string(e.Value) == beatHere, shown: now, found: found, stored: e.Stored}
	m.peers[instance] = p
	if !known || before.leaving != p.leaving || before.even != p.even || before.found != p.found || now.Sub(before.shown) > m.lease {
		m.notify()
	}
}

// applyEcho takes the own heartbeat. A watch that begins shows the last one again: that says nothing about whether it
// shows what is new. The lock is held.
func (m *membership) applyEcho(now time.Time, revision uint64) {
	if revision == m.echo.revision {
		return
	}
	if now.Sub(m.echo.last) > m.lease/2 {
		m.echo.since = now
	}
	m.echo.revision, m.echo.last = revision, now
}

// pause waits, or returns the context's error as soon as it has one.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
