package bus

import (
	"context"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// view is what decisions are made of, at one moment.
type view struct {
	// alive are those whose units are theirs, wanting those who take more: who has been heard within the TTL. While it is
	// not sure that silence means death, the silent keep their units and are given none.
	alive, wanting map[string]bool
	// sure says that silence means death. A stalled watch makes everybody look dead: silence of others counts only while
	// our own heartbeat has come through it for a whole TTL; without this rule a slow process would take units from
	// living owners.
	sure bool
	// valid is our own lease, lapse how often it ran out.
	valid   bool
	lapse   int
	changed <-chan struct{}
	// sole: there are no others.
	sole bool
}

func (m *member) view() view {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	v := view{
		alive: map[string]bool{m.bus.instance: true}, wanting: map[string]bool{}, lapse: m.lapse, valid: m.synced && now.Before(m.validUntil), changed: m.changed,
		sure: now.Sub(m.lastEcho) < m.bus.lease/2 && now.Sub(m.echoSince) > m.bus.lease,
	}
	if !m.leaving {
		v.wanting[m.bus.instance] = true
	}
	for instance, beat := range m.seen {
		heard := now.Sub(beat.at) < m.bus.lease && m.newest.Sub(beat.stored) < m.bus.lease
		if heard || !v.sure {
			v.alive[instance] = true
		}
		if heard && !beat.leaving {
			v.wanting[instance] = true
		}
	}
	return v
}

// free says that a unit's record leaves it to whoever wants it.
func (v view) free(owner, self string) bool {
	return v.sole || owner == "" || owner == self || v.sure && !v.alive[owner]
}

// crowd stands for who is alive and who wants more.
func (v view) crowd() string {
	return strings.Join(slices.Sorted(maps.Keys(v.alive)), " ") + " / " + strings.Join(slices.Sorted(maps.Keys(v.wanting)), " ")
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

// recordsOf are the records whose key begins so.
func (m *member) recordsOf(prefix string) map[string]seenUnit {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string]seenUnit{}
	for key, r := range m.records {
		if strings.HasPrefix(key, prefix) {
			found[key] = r
		}
	}
	return found
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
		_ = m.bus.Bucket(topology.Leases).Delete(ctx, m.aliveKey(instance))
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
