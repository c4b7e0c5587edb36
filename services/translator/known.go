package translator

import (
	"sync"

	"google.golang.org/protobuf/proto"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// known remembers the states that this process wrote last, so that most need not be read before they are raised: a
// raise is by compare-and-set, and a record that another process has changed meanwhile refuses it. Nothing else may be
// decided from here.
type known struct {
	mu     sync.Mutex
	states map[string]knownState
	order  []string // subjects as they were added; one may stand here twice
}

type knownState struct {
	state    *indexv1.State
	revision uint64
}

// knownKept bounds the states: those of several seconds.
const knownKept = 8192

func newKnown() *known { return &known{states: map[string]knownState{}} }

// put remembers a state as it was written.
func (k *known) put(subject string, s *indexv1.State, revision uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.states[subject]; !ok {
		k.order = append(k.order, subject)
	}
	k.states[subject] = knownState{proto.CloneOf(s), revision}
	if len(k.order) > knownKept {
		delete(k.states, k.order[0])
		k.order = k.order[1:]
	}
}

// take returns a state and its revision, and forgets it: whoever raises it puts it back.
func (k *known) take(subject string) (*indexv1.State, uint64, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.states[subject]
	delete(k.states, subject)
	return s.state, s.revision, ok
}
