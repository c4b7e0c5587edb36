package shard

import (
	"context"
	"errors"
	"time"
)

const (
	// beatsPerLease is how many heartbeats are written in the time that one is believed.
	beatsPerLease = 5
	// forgetAfter is after how much silence a heartbeat's key is removed: its process died without a word.
	forgetAfter = time.Minute
)

// What a heartbeat says. Processes of other versions read it.
const (
	beatHere    = "here, even" // shares evenly what is spread; any other value, as "here" of earlier versions, does not
	beatLeaving = "leaving"    // takes nothing more
)

// beat writes heartbeats until the context ends, five in the time that one is believed, and one at once when it is asked for.
// One that is not stored is followed by the next as if it had been: the pause is the same.
func (m *membership) beat(ctx context.Context) {
	for {
		began := time.Now()
		one, cancel := context.WithTimeout(ctx, m.lease)
		err := m.kv.Put(one, heartbeatKey(m.service, m.instance), []byte(m.says()))
		cancel()
		m.extend(began, err == nil)
		select {
		case <-ctx.Done():
			return
		case <-m.beatNow:
		case <-time.After(m.lease / beatsPerLease):
		}
	}
}

// says is the value of the next heartbeat.
func (m *membership) says() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving {
		return beatLeaving
	}
	return beatHere
}

// extend is what a heartbeat that was begun then, and stored or not, means for the own membership. It counts from before
// the write: it must not be valid for longer than others believe in it. One that was stored only after it had become
// invalid begins a new epoch.
func (m *membership) extend(began time.Time, stored bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.validUntil
	if !was.IsZero() && time.Now().After(was) {
		m.epoch++
		m.validUntil = time.Time{}
		m.meter.Lapsed(context.Background())
		m.log.Warn("lease lapsed: nothing new is started until it is renewed")
	}
	// one that took longer than it is believed says nothing
	if stored && time.Since(began) < m.lease {
		m.validUntil = began.Add(m.lease)
	}
	if was.IsZero() != m.validUntil.IsZero() {
		m.notify()
	}
}

// errDeaf means that a watch shows nothing any more, and does not say so.
var errDeaf = errors.New("our own heartbeats are stored and not shown")

// deaf says that heartbeats have been stored, and none has come through the watch that began then, for two leases. What
// this process believes of the others is old, while they believe in it.
func (m *membership) deaf(began time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.echo.last
	if began.After(last) {
		last = began
	}
	return time.Since(last) > 2*m.lease && time.Now().Before(m.validUntil)
}

// forget removes the heartbeats of the long dead. One that has come back meanwhile is left alone: without its heartbeat it
// would count as gone, and its shards as free, while it works on them.
func (m *membership) forget(ctx context.Context) {
	dead := map[string]uint64{}
	m.mu.Lock()
	for instance, p := range m.peers {
		if time.Since(p.shown) > forgetAfter {
			dead[instance] = p.revision
		}
	}
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, releaseRequest) // nobody needs it now
	defer cancel()
	for instance, revision := range dead {
		_ = m.kv.DeleteAt(ctx, heartbeatKey(m.service, instance), revision)
	}
}
