package bus

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// owner runs one function per unit for as long as this process owns it. It takes the units that are wanted and that
// rendezvous gives to this process, gives up those it gives to another, and drops those that another took.
//
// The function's context ends when the unit is to be given up: it finishes what it has begun and returns. The unit's
// own context, u.hard, ends when that has to stop too: the grace of a shutdown is over, or another process has the
// unit. A function that returns nil with its context alive has nothing more to do: the unit is released.
type owner struct {
	bus    *Bus
	member *member // nil for the process that has the broker to itself: it waits for nobody
	demand *demand
	run    func(context.Context, *unit) error
	held   map[string]*holding
	woken  chan struct{} // something that was held has ended
	taking chan struct{} // bounds how many are taken at once
	crowd  string        // who wanted units when last looked at
}

// holding is a unit that this process takes, or has.
type holding struct {
	Unit
	unit  atomic.Pointer[unit] // nil while it is being taken
	stop  context.CancelFunc   // give it up: finish what is begun
	ended chan struct{}
	err   error // once ended
}

const (
	// ownEvery is how often ownership is looked at when nothing is heard.
	ownEvery = 500 * time.Millisecond
	// takesAtOnce bounds the requests of a start with very many units.
	takesAtOnce = 32
)

// own owns units until the context ends, then waits for what is being worked on and releases them.
func (b *Bus) own(ctx context.Context, d *demand, run func(ctx context.Context, u *unit) error) error {
	ctx, cancel := context.WithCancel(ctx)
	o := &owner{bus: b, demand: d, run: run, held: map[string]*holding{}, woken: make(chan struct{}, 1), taking: make(chan struct{}, takesAtOnce)}
	if !b.sole {
		o.member = b.membership()
	}
	defer o.leave()
	defer cancel()
	for tidied := time.Now(); ctx.Err() == nil; {
		changed := d.changes() // before it is read: what comes meanwhile is not missed
		v := o.view()
		for _, h := range o.held {
			if err := o.keep(ctx, v, h); err != nil {
				return err
			}
		}
		for _, u := range d.list() {
			if o.held[u.Name] == nil {
				o.takeUp(ctx, v, u)
			}
		}
		if crowd := v.crowd(); crowd != o.crowd { // somebody came or went: what they leave has to be found
			o.crowd = crowd
			d.look()
		}
		if o.member != nil && time.Since(tidied) > sweepEvery {
			o.tidy(ctx)
			tidied = time.Now()
		}
		// a change is looked at soon, but a storm of them not one by one
		_ = pause(ctx, 20*time.Millisecond)
		select {
		case <-ctx.Done():
		case <-o.woken:
		case <-changed:
		case <-v.changed:
		case <-time.After(ownEvery):
		}
	}
	return nil
}

// leave is the shutdown: everything at once, each unit released when it is finished.
func (o *owner) leave() {
	if o.member != nil {
		o.member.leave()
	}
	for _, h := range o.held {
		h.stop()
	}
	for _, h := range o.held {
		<-h.ended
	}
}

func (o *owner) view() view {
	if o.member == nil {
		self := map[string]bool{o.bus.instance: true}
		return view{alive: self, wanting: self, valid: true, sole: true}
	}
	return o.member.view()
}

// keep brings one unit that is held to where it belongs.
func (o *owner) keep(ctx context.Context, v view, h *holding) error {
	select {
	case <-h.ended:
		delete(o.held, h.Name)
		if errors.Is(h.err, errLost) && o.member != nil {
			return nil
		}
		return h.err // also where another process believes to have the broker to itself: one of them has to go
	default:
	}
	u := h.unit.Load()
	if u == nil {
		return nil // being taken
	}
	record := o.record(u.key)
	switch {
	case record.owner != o.bus.instance && record.revision > u.at():
		o.bus.log.Warn("unit taken by another process", "unit", h.Name, "by", record.owner)
		h.drop(u)
	case v.valid && u.confirmed() != v.lapse:
		// our lease had lapsed: another may have taken the unit, and only its record knows
		if err := u.confirm(ctx, v.lapse); errors.Is(err, errLost) {
			o.bus.log.Warn("unit lost while the lease had lapsed", "unit", h.Name)
			h.drop(u)
		}
	case o.wantedOwner(v, h.Unit) != o.bus.instance:
		h.stop() // its goroutine releases it
	}
	return nil
}

func (o *owner) wantedOwner(v view, u Unit) string {
	return rendezvous(unitKey(o.bus.name, o.demand.group(u)), v.wanting)
}

// takeUp takes a unit that is wanted here, where nobody has it.
func (o *owner) takeUp(ctx context.Context, v view, named Unit) {
	if !v.valid || o.wantedOwner(v, named) != o.bus.instance {
		return
	}
	record := o.record(unitKey(o.bus.name, named.Name))
	// asked again, for it may have come to life meanwhile
	if v.free(record.owner, o.bus.instance) && o.view().free(record.owner, o.bus.instance) {
		o.held[named.Name] = o.hold(ctx, named, record, v.lapse)
	}
}

// record is a unit's as the watch last showed it.
func (o *owner) record(key string) seenUnit {
	if o.member == nil {
		return seenUnit{}
	}
	return o.member.record(key)
}

// hold takes a unit and starts the work on it. When it ends because it was told to, or because nothing is left to do,
// the unit is released.
func (o *owner) hold(ctx context.Context, named Unit, record seenUnit, lapse int) *holding {
	own, stop := context.WithCancel(ctx)
	h := &holding{Unit: named, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(h.ended)
		defer stop()
		u, err := o.take(own, named, record, lapse)
		if err != nil {
			o.bus.log.Debug("unit not taken yet", "unit", named.Name, "err", err)
			if u != nil {
				o.disown(ctx, u)
			}
			return // looked at again soon; the watch will tell what there is now
		}
		done := u.begin(own, o.demand.grace)
		h.unit.Store(u)
		h.err = o.run(own, u)
		done()
		if h.err == nil {
			o.release(ctx, u)
		}
		select {
		case o.woken <- struct{}{}:
		default:
		}
	}()
	return h
}

// drop gives the unit up at once: another process has it.
func (h *holding) drop(u *unit) {
	u.endHard()
	h.stop()
}
