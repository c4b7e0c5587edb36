package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// own runs one function per unit for as long as this process owns it, until the context ends. The function's context
// ends when the unit is to be given up: it finishes what it has begun and returns. The unit's own context, u.hard, ends
// when that has to stop too: the grace of a shutdown is over, or another process has the unit.
func (b *Bus) own(ctx context.Context, units []Unit, run func(ctx context.Context, u *unit) error) error {
	if len(units) == 0 {
		<-ctx.Done()
		return nil
	}
	if b.sole {
		return b.ownAll(ctx, units, run)
	}
	return b.ownShare(ctx, units, run)
}

// ownAll is for the process that has the broker to itself: it waits for nobody.
func (b *Bus) ownAll(ctx context.Context, units []Unit, run func(context.Context, *unit) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(units))
	var wg sync.WaitGroup
	for i, named := range units {
		wg.Go(func() {
			u, err := b.take(ctx, b.name, named)
			if err == nil {
				done := u.begin(ctx)
				err = run(ctx, u)
				done()
			}
			if err != nil && ctx.Err() == nil {
				errs[i] = err
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// holding is a unit this process owns.
type holding struct {
	*unit
	stop  context.CancelFunc // give it up: finish what is begun
	ended chan struct{}
	err   error
}

// ownEvery is how often ownership is looked at when nothing is heard.
const ownEvery = 500 * time.Millisecond

// ownShare takes the units that rendezvous gives to this process, gives up those it gives to another, and drops those
// that another took.
func (b *Bus) ownShare(ctx context.Context, units []Unit, run func(context.Context, *unit) error) error {
	m := b.membership()
	held := map[string]*holding{}
	defer func() { // the shutdown: everything at once, each released when it is finished
		m.leave()
		var wg sync.WaitGroup
		for _, h := range held {
			h.stop()
			wg.Go(func() { b.release(h) })
		}
		wg.Wait()
	}()
	for forgot := time.Now(); ctx.Err() == nil; {
		v := m.view()
		for _, named := range units {
			if err := b.settle(ctx, m, v, held, named, run); err != nil {
				return err
			}
		}
		if time.Since(forgot) > forgetAfter {
			m.forget(ctx)
			forgot = time.Now()
		}
		// a change is looked at soon, but a storm of them not one by one
		_ = pause(ctx, 20*time.Millisecond)
		select {
		case <-ctx.Done():
		case <-v.changed:
		case <-time.After(ownEvery):
		}
	}
	return nil
}

// settle brings one unit to where it belongs.
func (b *Bus) settle(ctx context.Context, m *member, v view, held map[string]*holding, named Unit, run func(context.Context, *unit) error) error {
	key := unitKey(b.name, named.Name)
	want, record := rendezvous(key, v.wanting), m.record(key)
	h := held[named.Name]
	if h != nil {
		select {
		case <-h.ended:
			delete(held, named.Name)
			if h.err != nil && !errors.Is(h.err, errLost) {
				return h.err
			}
			h = nil
		default:
		}
	}
	switch {
	case h != nil && record.owner != b.instance && record.revision > h.at():
		b.log.Warn("unit taken by another process", "unit", named.Name, "by", record.owner)
		h.drop()
	case h != nil && v.valid && h.confirmed() != v.lapse:
		// our lease had lapsed: another may have taken the unit, and only its record knows
		if err := h.confirm(ctx, v.lapse); errors.Is(err, errLost) {
			b.log.Warn("unit lost while the lease had lapsed", "unit", named.Name)
			h.drop()
		}
	case h != nil && want != b.instance:
		h.stop() // its goroutine releases it
	case h == nil && want == b.instance && v.valid && v.free(record.owner, b.instance):
		if !m.view().free(record.owner, b.instance) {
			return nil // it came to life meanwhile
		}
		u, err := b.takeAt(ctx, named, record.revision, m, v.lapse)
		if err != nil {
			b.log.Debug("unit not taken", "unit", named.Name, "err", err)
			return nil // the watch will tell what there is now
		}
		held[named.Name] = b.hold(ctx, u, run)
	}
	return nil
}

// hold starts the work on a unit. When it ends because it was told to, the unit is released.
func (b *Bus) hold(ctx context.Context, u *unit, run func(context.Context, *unit) error) *holding {
	own, stop := context.WithCancel(ctx)
	h := &holding{unit: u, stop: stop, ended: make(chan struct{})}
	done := u.begin(own)
	go func() {
		defer close(h.ended)
		defer stop()
		h.err = run(own, u)
		done()
		if h.err == nil && ctx.Err() == nil {
			b.free(u)
		}
	}()
	return h
}

// release waits for the work on a unit to end and frees it.
func (b *Bus) release(h *holding) {
	<-h.ended
	if h.err == nil {
		b.free(h.unit)
	}
}

// free leaves a unit without an owner: whoever wants it takes it at once.
func (b *Bus) free(u *unit) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := u.change(ctx, func(r *unitRecord) { r.Owner = "" }); err != nil {
		b.log.Debug("unit not released", "unit", u.name, "err", fmt.Sprint(err))
	}
}
