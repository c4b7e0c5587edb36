package bus

import (
	"sync"
	"time"
)

// demand is which units are to be owned. Those of a partitioned stream are there always. A channel's is there while the channel
// has work: somebody rang for it, or a look at the stream found it.
type demand struct {
	// prefix begins the names of all its units, and of no other demand's.
	prefix string
	// groupOf names what has one owner together; nil means each unit by itself.
	groupOf func(Unit) string
	// grace is how long what runs may go on after a stop.
	grace time.Duration
	// look asks for a look at the stream, soon; nothing for units that are there always.
	look func()

	mu      sync.Mutex
	wanted  map[string]wanted
	changed chan struct{} // closed, and replaced, when something is wanted that was not
}

type wanted struct {
	Unit
	until time.Time // zero: always
}

// wantedFor is how long a unit is wanted after it was asked for: long enough for whoever should own it to have taken
// it. The owner keeps it as long as there is something to do.
const wantedFor = 10 * time.Second

// always are units that are never done.
func always(prefix string, units []Unit) *demand {
	d := onDemand(prefix)
	d.only(units)
	return d
}

func onDemand(prefix string) *demand {
	return &demand{prefix: prefix, grace: stopGrace, look: func() {}, wanted: map[string]wanted{}, changed: make(chan struct{})}
}

// only makes these the units that are there always.
func (d *demand) only(units []Unit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = map[string]wanted{}
	for _, u := range units {
		d.wanted[u.Name] = wanted{Unit: u}
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// want asks for a unit.
func (d *demand) want(u Unit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, known := d.wanted[u.Name]
	d.wanted[u.Name] = wanted{u, time.Now().Add(wantedFor)}
	if !known {
		close(d.changed)
		d.changed = make(chan struct{})
	}
}

// quiet says that a unit has nothing left to do. Whoever calls it looks once more afterwards: what was stored before is seen
// then, what is stored later rings.
func (d *demand) quiet(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.wanted, name)
}

// list are the units that are wanted now.
func (d *demand) list() []Unit {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	units := make([]Unit, 0, len(d.wanted))
	for name, w := range d.wanted {
		if !w.until.IsZero() && now.After(w.until) {
			delete(d.wanted, name)
			continue
		}
		units = append(units, w.Unit)
	}
	return units
}

func (d *demand) changes() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

func (d *demand) group(u Unit) string {
	if d.groupOf == nil {
		return u.Name
	}
	return d.groupOf(u)
}
