package delivery

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/pause"
)

// Of a channel where nothing happens nothing is kept but how it is sent to: there may be a hundred thousand. A sender is made when
// something waits for its channel, or when the channel is held, and is forgotten once a new one would know as much.

// forgetIdle forgets the senders and accounts that know nothing, from time to time, until the context ends.
func (d *dispatcher) forgetIdle(ctx context.Context) {
	for pause.For(ctx, d.config.IdleAfter) == nil {
		d.forget(time.Now())
	}
}

// forget forgets the senders and accounts that know nothing.
func (d *dispatcher) forget(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for channel, s := range d.senders {
		if s.users > 0 {
			continue
		}
		if fresh, e := s.fresh(now); fresh {
			delete(d.senders, channel)
			if e != nil {
				e.account.leave(s)
			}
		}
	}
	for name, a := range d.accounts {
		if a.fresh(now) {
			delete(d.accounts, name)
		}
	}
}

// fresh says that a new sender would know as much: no message, no hold, no failure, and every rate has its whole budget. It also
// returns the endpoint.
func (s *sender) fresh(now time.Time) (bool, *endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.paused != nil || s.suspended != nil || s.removed || now.Before(s.told.until)
	failed := !s.breaker.Fresh() || !s.outage.Since.IsZero() || !s.refused.Fresh()
	known := s.queue != nil || len(s.memory) > 0 || now.Sub(s.takenAt) < fault.Lately
	return !held && !failed && !known && rates.Full(s.limiter) && s.contacts.Full(), s.endpoint
}

// fresh says that a new account would know as much, and that no sender has it.
func (a *account) fresh(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.senders) == 0 && !now.Before(a.told.until) && rates.Full(a.limiter)
}
