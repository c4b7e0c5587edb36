package ingress

import "time"

// Bounds of what is remembered of callers.
const (
	maxRecent  = 4096 // and as many that are older
	keptRecent = 10 * time.Minute
)

// recent remembers values by key, a bounded number of them: one that is not asked for is forgotten within twice
// keptRecent, or when there are too many others. It is not safe for concurrent use.
type recent[K comparable, V any] struct {
	young, old map[K]*V
	turned     time.Time // when the young became the old
}

// of is the value of a key, made where there is none.
func (m *recent[K, V]) of(key K, fresh func() *V) *V {
	if now := time.Now(); m.young == nil || len(m.young) >= maxRecent || now.Sub(m.turned) > keptRecent {
		m.young, m.old, m.turned = map[K]*V{}, m.young, now
	}
	v := m.young[key]
	if v == nil {
		if v = m.old[key]; v == nil {
			v = fresh()
		}
		m.young[key] = v
	}
	return v
}
