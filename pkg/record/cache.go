package record

import (
	"sync"

	"google.golang.org/protobuf/proto"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// cache is a write-through cache of the states that this index wrote last, so that most need not be read before they are
// advanced: a commit is by compare-and-set, and refused where another process has changed the record meanwhile. Nothing else
// may be decided from here. The zero value is empty.
type cache struct {
	mu     sync.Mutex
	states map[string]cachedState
	order  []string // subjects as they were added; one may be here twice
}

type cachedState struct {
	state    *indexv1.State
	revision uint64
}

// cacheSize bounds the states: those of several seconds.
const cacheSize = 8192

// put remembers a state as it was written.
func (c *cache) put(subject string, s *indexv1.State, revision uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.states == nil {
		c.states = map[string]cachedState{}
	}
	if _, ok := c.states[subject]; !ok {
		c.order = append(c.order, subject)
	}
	c.states[subject] = cachedState{proto.CloneOf(s), revision}
	if len(c.order) > cacheSize {
		delete(c.states, c.order[0])
		c.order = c.order[1:]
	}
}

// take returns a state and its revision, and forgets it: whoever advances it puts it back.
func (c *cache) take(subject string) (*indexv1.State, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.states[subject]
	delete(c.states, subject)
	return s.state, s.revision, ok
}
