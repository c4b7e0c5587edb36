package delivery

import (
	"sync"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// finished remembers what this process concluded last, of all channels of a destination. What it has forgotten is found
// on OUTCOMES_*.
type finished struct {
	mu      sync.Mutex
	results map[string]eventv1.Result
	order   []string
}

const finishedKept = 1 << 16

func newFinished() *finished { return &finished{results: map[string]eventv1.Result{}} }

func (f *finished) add(key string, result eventv1.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.results[key]; ok {
		return
	}
	if len(f.order) == finishedKept {
		delete(f.results, f.order[0])
		f.order = f.order[1:]
	}
	f.results[key] = result
	f.order = append(f.order, key)
}

func (f *finished) get(key string) (eventv1.Result, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.results[key]
	return r, ok
}

func (f *finished) has(key string) bool {
	_, ok := f.get(key)
	return ok
}
