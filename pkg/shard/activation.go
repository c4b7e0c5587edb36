package shard

import (
	"maps"
	"sync"
	"time"
)

// Activation says which shards are to be owned. The partitions of a stream always are ([Always]). A channel is active
// while it has work ([OnDemand]): so an idle one costs nothing. Its methods may be called by several goroutines at once;
// its fields are set before [Group.Own] gets it.
type Activation struct {
	// Prefix begins the names of all its shards, and of no shard of another activation of the service.
	Prefix string
	// Group names what one member should own together, such as the channels of one account, whose budget they share; nil
	// means each shard by itself. It is called often and does no I/O. All processes have to give the same answer: while
	// they do not, their shards have owners all the same, but some change owners more than once.
	Group func(Shard) string
	// Grace is how long what was begun may go on after a stop ([Lease.Hard]); default 9 s.
	Grace time.Duration
	// Look is called when a member came or went, and once at the beginning, since what a member that died was asked for has
	// to be found. It must not wait. nil for nothing to do.
	Look func()

	mu      sync.Mutex
	active  map[string]active // by the shard's name
	changed chan struct{}     // closed, and replaced, when a shard is active that was not
}

// active is a shard that is to be owned.
type active struct {
	shard Shard
	until time.Time // zero: always
}

const (
	// defaultGrace leaves a second of the ten that Docker and others give a process before they kill it.
	defaultGrace = 9 * time.Second
	// activeFor is how long a shard is active after it was asked for: long enough for whoever should own it to have
	// acquired it. The owner keeps it for as long as there is something to do.
	activeFor = 10 * time.Second
)

// Always is an activation of shards that are never done. [Activation.Only] can change them.
func Always(prefix string, shards []Shard) *Activation {
	a := OnDemand(prefix)
	a.Only(shards)
	return a
}

// OnDemand is an activation without shards, until [Activation.Want] asks for one. It is for very many shards of which few have
// work.
func OnDemand(prefix string) *Activation {
	return &Activation{Prefix: prefix, active: map[string]active{}, changed: make(chan struct{})}
}

// Only makes these the shards that are to be owned, for good, and no others. A shard that is owned and no longer among
// them is not given up by that: the function that works on it has to return.
func (a *Activation) Only(shards []Shard) {
	only := map[string]active{}
	for _, s := range shards {
		only[s.Name] = active{shard: s}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.active = only
	a.notify()
}

// Want asks for a shard. The request counts for ten seconds: every process that may be the one to own it has to ask, so
// that the one that should is among them.
func (a *Activation) Want(s Shard) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, known := a.active[s.Name]
	a.active[s.Name] = active{s, time.Now().Add(activeFor)}
	if !known {
		a.notify()
	}
}

// Idle says that nothing is left to do for a shard: it is not acquired again until somebody asks for it. Whoever works on
// it calls it, looks once more whether there is work, and returns if there is none: what came before the call is seen by
// that look, and who brings more calls Want.
func (a *Activation) Idle(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.active, name)
}

// shards are those to be owned now.
func (a *Activation) shards() []Shard {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(a.active, func(_ string, s active) bool { return !s.until.IsZero() && now.After(s.until) })
	all := make([]Shard, 0, len(a.active))
	for _, s := range a.active {
		all = append(all, s.shard)
	}
	return all
}

// changes is closed when a shard becomes active that was not. It is asked for before the shards are read.
func (a *Activation) changes() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// notify wakes the controller. The lock is held.
func (a *Activation) notify() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// groupOf is what rendezvous hashes for a shard: those of one group go to one member.
func (a *Activation) groupOf(s Shard) string {
	if a.Group == nil {
		return s.Name
	}
	return a.Group(s)
}

// graceOrDefault is Grace, which may be left out.
func (a *Activation) graceOrDefault() time.Duration {
	if a.Grace == 0 {
		return defaultGrace
	}
	return a.Grace
}

// lookAgain calls Look, where there is one.
func (a *Activation) lookAgain() {
	if a.Look != nil {
		a.Look()
	}
}
