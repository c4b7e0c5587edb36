// Package recent remembers something of each of many callers, in bounded memory.
package recent

import "time"

// Bounds of what is remembered.
const (
	most = 4096 // and as many that are older
	kept = 10 * time.Minute
)

// Map remembers values by key, a bounded number of them: one that is not asked for is forgotten within twice
// kept, or when there are too many others. The zero value is ready to use. It is not safe for concurrent use.
type Map[K comparable, V any] struct {
	young, old map[K]*V
	turned     time.Time // when the young became the old
}

// Of is the value of a key, made where there is none.
func (m *Map[K, V]) Of(key K, fresh func() *V) *V {
	if now := time.Now(); m.young == nil || len(m.young) >= most || now.Sub(m.turned) > kept {
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
