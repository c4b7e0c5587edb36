package bus

import (
	"context"
	"errors"
	"strings"
	"time"
)

// take makes this process the owner by compare-and-set, where the record is still what the watch showed; the position
// and the list of consumers stay. The process that has the broker to itself takes it from whoever had it before.
// A unit that is returned with an error may have been taken.
func (o *owner) take(ctx context.Context, named Unit, seen seenUnit, lapse int) (*unit, error) {
	select {
	case o.taking <- struct{}{}:
		defer func() { <-o.taking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	u := o.bus.newUnit(named)
	u.member, u.lapse = o.member, lapse
	if err := u.read(ctx); err != nil {
		return nil, err
	}
	if o.member != nil && u.revision != seen.revision {
		return nil, ErrConflict
	}
	u.began, u.inherited = time.Now(), u.record.Owner != ""
	next := u.record
	next.Owner = u.owner
	return u, u.store(ctx, next)
}

// release frees a unit, again and again while the broker is away: a record that names a living process keeps the unit
// from everybody. A process that ends tries for a while; its silence then says the same.
func (o *owner) release(ctx context.Context, u *unit) {
	for began := time.Now(); ; {
		err := o.free(u)
		if err == nil || errors.Is(err, errLost) || o.bus.over() {
			return
		}
		o.bus.log.Debug("unit not released yet", "unit", u.name, "err", err)
		if ctx.Err() != nil && time.Since(began) > stopGrace {
			return
		}
		_ = pause(context.WithoutCancel(ctx), 200*time.Millisecond)
	}
}

// tidy forgets who is long dead, and releases what is ours by its record and by nothing else: a write of ours can have
// been stored long after it was given up.
func (o *owner) tidy(ctx context.Context) {
	o.member.forget(ctx)
	for key, r := range o.member.recordsOf(unitKey(o.bus.name, o.demand.prefix)) {
		name := strings.TrimPrefix(key, unitKey(o.bus.name, ""))
		if r.owner != o.bus.instance || o.held[name] != nil {
			continue
		}
		h := &holding{Unit: Unit{Name: name}, stop: func() {}, ended: make(chan struct{})}
		o.held[name] = h
		go func() {
			defer close(h.ended)
			o.disown(ctx, o.bus.newUnit(h.Unit))
		}()
	}
}

// disown releases a unit that was not taken, as far as this process knows: the write may have been stored and its
// answer lost, and a record that names a process which does not work on it keeps it from everybody.
func (o *owner) disown(ctx context.Context, u *unit) {
	for began := time.Now(); ; {
		err := u.reread()
		if err == nil {
			break
		}
		if o.bus.over() || ctx.Err() != nil && time.Since(began) > stopGrace {
			return
		}
		_ = pause(context.WithoutCancel(ctx), 200*time.Millisecond)
	}
	if u.record.Owner == u.owner {
		o.release(ctx, u)
	}
}

// free leaves a unit without an owner: whoever wants it takes it at once. A record that says nothing is removed.
func (o *owner) free(u *unit) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := u.remove(ctx)
	if errors.Is(err, errNeeded) {
		err = u.change(ctx, func(r *unitRecord) { r.Owner = "" })
	}
	return err
}
