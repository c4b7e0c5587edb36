package operator

import (
	"crypto/sha256"
	"slices"
	"time"
)

// Accepted is one message that the network took and showed on a phone.
type Accepted struct {
	At time.Time `json:"at"`
	// ID is the network's id, which the answer gave.
	ID string `json:"id"`
	// Key is the idempotency key of the call, "" where it had none.
	Key string `json:"key"`
	// Contact is whose phone it is on.
	Contact string `json:"contact"`
	// MessageID and Part are the gateway's.
	MessageID string `json:"message_id"`
	Part      int    `json:"part"`
	// Repeats counts later calls with the same key that were answered with this id and not shown again.
	Repeats int `json:"repeats"`

	content [sha256.Size]byte
}

// record remembers what was accepted, and finds it by key.
type record struct {
	limit   int
	first   int // the number of entries[0], counted from the start
	entries []Accepted
	byKey   map[string]int // the number of the last one with this key
}

func newRecord(limit int) record { return record{limit: limit, byKey: map[string]int{}} }

func (r *record) add(a Accepted) {
	if a.Key != "" {
		r.byKey[a.Key] = r.first + len(r.entries)
	}
	r.entries = append(r.entries, a)
	if len(r.entries) > r.limit {
		if old := r.entries[0].Key; r.byKey[old] == r.first {
			delete(r.byKey, old)
		}
		r.entries = r.entries[1:]
		r.first++
	}
}

// find returns the last message with this key, or nil.
func (r *record) find(key string) *Accepted {
	if n, ok := r.byKey[key]; ok && key != "" {
		return &r.entries[n-r.first]
	}
	return nil
}

func (r *record) list() []Accepted { return slices.Clone(r.entries) }
