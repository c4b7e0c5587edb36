// Package recent is a map that keeps only what was used recently, in bounded memory: for counts by caller, where a stranger chooses the
// keys.
package recent

import "time"

// Bounds of what is remembered.
const (
	most = 4096 // and as many that are older
	kept = 10 * time.Minute
)

// Map holds a bounded number of values by key. A value that is not asked for is forgotten after one to two times kept, or earlier when there
// are too many others. The zero value is ready to use. It is not safe for concurrent use.
type Map[K comparable, V any] struct {
	young, old map[K]*V
	turned     time.Time // when the young became the old
}

// Of is the value of a key. If there is none, fresh makes it.
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
