package delivery

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/internal/account"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/pause"
)

// Of a channel where nothing happens nothing is kept but how it is sent to: there may be a hundred thousand. A sender is made when
// something waits for its channel, or when the channel is held, and is forgotten once a new one would know as much.

// follow takes over what channels there are, whenever they change, until the context ends.
func (d *dispatcher) follow(ctx context.Context, changed <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			changed = d.change(ctx)
		case <-d.config.Channels.news:
			select {
			case <-changed: // what is told comes after the channels that it is about
				changed = d.change(ctx)
			default:
			}
			d.judge(ctx)
		}
	}
}

// judge suspends the channels of this process whose credentials were refused outside of a send ([Channels.Refuse]), and resumes those whose
// credentials were taken.
func (d *dispatcher) judge(ctx context.Context) {
	for channel, v := range d.config.Channels.takeTold(func(channel string) bool { return d.LeaseOf(channel) != nil }) {
		s := d.hold(channel)
		switch w := s.now(); {
		case w == nil || w.Credentials != v.credentials:
		case v.what.Class == result.Sent:
			s.resume(ctx)
		default:
			s.suspend(ctx, w, v.what)
		}
		d.release(s)
	}
}

// change takes over the channels as they are now, and returns what closes when they change again. One goroutine at a
// time calls it.
func (d *dispatcher) change(ctx context.Context) <-chan struct{} {
	all, changed := d.config.Channels.Get()
	channels := make(map[string]*Channel, len(all))
	for i := range all {
		channels[all[i].ID] = &all[i]
	}
	endpoints, shared := map[*sender]*endpoint{}, map[*account.Account][]account.Member{}
	d.mu.Lock()
	var added []string
	for id := range channels {
		if d.channels != nil && d.channels[id] == nil {
			added = append(added, id)
		}
	}
	d.channels, d.rates = channels, ratesOf(all, d.config.PerAccount)
	// one that stays keeps its limiter, so that a change of the channels does not refill its budget
	stay := map[string]*account.Account{}
	for i := range all {
		if a := d.accounts[all[i].Account]; a != nil {
			stay[all[i].Account] = a
		}
	}
	d.accounts = stay
	for channel, s := range d.senders {
		e := d.endpointOf(channel)
		if endpoints[s] = e; e != nil {
			shared[e.account] = append(shared[e.account], s)
		}
	}
	for name, a := range d.accounts {
		a.Allow(d.rateOf(name))
		a.Share(shared[a])
	}
	d.mu.Unlock()
	for s, e := range endpoints {
		s.change(ctx, e) // also where it has none any more: it has to hear that
	}
	d.standings.Ask(added...) // whose network was not known was not told of
	return changed
}

// hold is a channel's sender, with or without an endpoint; it is made where there is none. It stays until the caller calls release:
// what is noted in it meanwhile is kept.
func (d *dispatcher) hold(channel string) *sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.senders[channel]
	if s == nil {
		s = newSender(d.bus, d.config, d.finished, d.kept, channel)
		s.stands = func() { d.standings.Ask(channel) }
		d.senders[channel] = s
		if s.endpoint = d.endpointOf(channel); s.endpoint != nil {
			s.await(s.endpoint.account.Join(s))
		}
	}
	s.users++
	return s
}

// release ends what hold began.
func (d *dispatcher) release(s *sender) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.users--
}

// endpointOf is how a channel is sent to now, nil where it is not configured. The lock is held.
func (d *dispatcher) endpointOf(channel string) *endpoint {
	c := d.channels[channel]
	if c == nil {
		return nil
	}
	a := d.accounts[c.Account]
	if a == nil {
		a = account.New(d.rateOf(c.Account))
		// another channel of the account may be in any of the partitions
		if at := d.takenOver(); !at.IsZero() {
			a.Spend(at)
		}
		d.accounts[c.Account] = a
	}
	return &endpoint{c, a}
}

// rateOf is how much an account takes. The lock is held.
func (d *dispatcher) rateOf(account string) result.Rate {
	if r, own := d.rates[account]; own {
		return r
	}
	return d.config.PerAccount
}

// all are the senders that there are.
func (d *dispatcher) all() []*sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*sender, 0, len(d.senders))
	for _, s := range d.senders {
		all = append(all, s)
	}
	return all
}

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
				e.account.Leave(s)
			}
		}
	}
	for name, a := range d.accounts {
		if a.Fresh(now) {
			delete(d.accounts, name)
		}
	}
}

// fresh says that a new sender would know as much: no message, no hold, no failure, and every rate has its whole budget. It also
// returns the endpoint.
func (s *sender) fresh(now time.Time) (bool, *endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := !s.gate.Fresh(now) || s.removed || !s.outage.Since.IsZero()
	known := s.queue != nil || len(s.memory) > 0 || now.Sub(s.takenAt) < fault.Lately
	return !held && !known && rates.Full(s.limiter) && s.contacts.Full(), s.endpoint
}
