package bus

import "sync"

// Routes are the channels of a [Delivery]. They may be replaced while it runs: what is being sent is finished by the
// route it was begun with.
type Routes struct {
	mu      sync.Mutex
	all     []Route
	changed chan struct{} // closed, and replaced, by Set
}

// NewRoutes makes routes that may be set anew.
func NewRoutes(all ...Route) *Routes { return &Routes{all: all, changed: make(chan struct{})} }

// Set replaces all routes: a channel that is not among them has none any more.
func (r *Routes) Set(all []Route) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = all
	close(r.changed)
	r.changed = make(chan struct{})
}

// get is all routes, and what closes when they change.
func (r *Routes) get() ([]Route, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all, r.changed
}
