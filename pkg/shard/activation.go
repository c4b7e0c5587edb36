package shard

import (
	"slices"
	"sync"
	"time"
)

// Activation says which shards are to be owned: the partitions of a stream, or the channels that are listened to. Several goroutines may
// call its methods at once. Its fields are set before [Group.Own] gets it, and not changed after.
type Activation struct {
	// Prefix begins the names of all its shards, and of no shard of another activation of the service.
	Prefix string
	// Group names what one member should own together, such as the channels of one account, whose budget they share; nil
	// means each shard by itself. It is called often and does no I/O. All processes have to give the same answer: while
	// they do not, their shards have owners all the same, but some change owners more than once.
	Group func(Shard) string
	// Spread names the groups that members share evenly: a group once for each shard in it. A group that is not named goes by
	// rendezvous hashing, and with nil all do: that is even only for hundreds of groups. All processes have to name the same
	// groups, as they do for the partitions of a stream. It is called often and does no I/O.
	Spread func() []string
	// Grace is how long what was begun may go on after a stop ([Lease.Hard]); default 9 s.
	Grace time.Duration

	mu      sync.Mutex
	active  []Shard
	changed chan struct{} // closed, and replaced, when they change
}

// defaultGrace leaves a second of the ten that Docker and others give a process before they kill it.
const defaultGrace = 9 * time.Second

// Always is an activation of these shards, until [Activation.Only] changes them.
func Always(prefix string, shards []Shard) *Activation {
	return &Activation{Prefix: prefix, active: slices.Clone(shards), changed: make(chan struct{})}
}

// Evenly is [Always] for shards that members share evenly, each by itself: no member owns more than the mean, rounded up.
func Evenly(prefix string, shards []Shard) *Activation {
	a := Always(prefix, shards)
	names := make([]string, 0, len(shards))
	for _, s := range shards {
		names = append(names, s.Name)
	}
	a.Spread = func() []string { return names }
	return a
}

// Only replaces the shards that are to be owned. It does not take away one that is owned already: for that the function which works on
// it has to return.
func (a *Activation) Only(shards []Shard) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.active = slices.Clone(shards)
	close(a.changed)
	a.changed = make(chan struct{})
}

// shards are those to be owned now. The slice is not changed.
func (a *Activation) shards() []Shard {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.active
}

// changes is closed when the shards change. It is asked for before they are read.
func (a *Activation) changes() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
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
