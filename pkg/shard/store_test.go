package shard_test

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
)

// store is a bucket in memory, with revisions and a clock of its own. Processes reach it by a [line].
type store struct {
	mu       sync.Mutex
	revision uint64
	keys     map[string]kv.Entry // deleted ones too
	history  []stored
	grown    chan struct{} // closed, and replaced, with every write
	skew     time.Duration // of its clock
}

// stored is a write, and when it was there for those who watch.
type stored struct {
	kv.Entry
	at time.Time
}

func newStore() *store {
	return &store{keys: map[string]kv.Entry{}, grown: make(chan struct{})}
}

// write stores an entry where the condition holds for what is there.
func (s *store) write(e kv.Entry, may func(there kv.Entry) bool) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !may(s.keys[e.Key]) {
		return 0, bus.ErrConflict
	}
	s.revision++
	e.Revision, e.Stored = s.revision, time.Now().Add(s.skew)
	s.keys[e.Key] = e
	s.history = append(s.history, stored{e, time.Now()})
	close(s.grown)
	s.grown = make(chan struct{})
	return e.Revision, nil
}

func (s *store) get(key string) (kv.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.keys[key]
	if !ok || e.Deleted {
		return kv.Entry{}, bus.ErrNotFound
	}
	return e, nil
}

// jump sets the store's clock forward or back.
func (s *store) jump(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew += d
}

// remake loses everything: revisions begin anew.
func (s *store) remake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision, s.keys, s.history = 0, map[string]kv.Entry{}, nil
}

// compact forgets what was deleted.
func (s *store) compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.keys, func(_ string, e kv.Entry) bool { return e.Deleted })
}

// all is what there is now, oldest first, and how much history that is.
func (s *store) all() (entries []kv.Entry, read int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.keys {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b kv.Entry) int { return cmp.Compare(a.Revision, b.Revision) })
	return entries, len(s.history)
}

// since is the history from a point on, and what is closed when it grows.
func (s *store) since(read int) ([]stored, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.history[min(read, len(s.history)):]), s.grown
}

// superseded says that a key has been written again since.
func (s *store) superseded(e kv.Entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[e.Key].Revision > e.Revision
}
