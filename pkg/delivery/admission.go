package delivery

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
)

// admit says how long the entry has to wait for a suspended channel or for its budgets; 0 means go. An entry takes
// its place in the three rates once for each try, and waits for the one that is longest: to ask anew each time it is
// woken would take a place each time.
func (s *sender) admit(e *message, w *endpoint) time.Duration {
	if !e.paid {
		e.paid = true
		if wait := max(s.contacts.take(consume.Lane(e.Event)), s.limiter.Reserve().Delay(), w.account.take()); wait > 0 {
			e.due, e.backed = time.Now().Add(wait), 0
			return wait
		}
	}
	return s.mayAsk(e) // last: whoever is told 0 by a suspended channel is the one who asks
}

// mayAsk is how long a send has to wait because of the channel: 0 while it is well, and for the one that probes it.
// Whoever is told 0 by a suspended channel, or by one whose breaker is open, sends next: the others wait for its
// answer, for SendTimeout at most.
func (s *sender) mayAsk(e *message) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.probeIn(consume.Lane(e.Event), time.Now()); wait > 0 {
		return wait
	}
	return s.breaker.wait(consume.Lane(e.Event), time.Now(), s.config.SendTimeout)
}

// probeIn is how long a contact has to wait before it may send: 0 while the channel is well, and for the one who
// probes a suspended one. Those that were refused let others go first: what looks like a bad credential may be about
// their messages alone, and then only another contact can show that the channel is well. The lock is held.
func (s *sender) probeIn(lane string, now time.Time) time.Duration {
	p := s.suspended
	if p == nil {
		return 0
	}
	wait := p.probe.Sub(now)
	if s.refused.lanes[lane] {
		wait += stepAside
	}
	if s.refused.last == lane {
		wait += stepAside
	}
	if wait > 0 {
		return wait
	}
	if left := p.asking.Add(s.config.SendTimeout).Sub(now); !p.asking.IsZero() && left > 0 {
		// one at a time; who waits looks every second, since the probe may end long before its timeout
		return min(left, time.Second)
	}
	p.asking, p.probe = now, now.Add(p.interval)
	p.interval = min(2*p.interval, lastProbe)
	return 0
}

// asked notes that a send has ended: should it have been the probe of a suspended channel, another may follow.
func (s *sender) asked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.suspended != nil {
		s.suspended.asking = time.Time{}
	}
}

// limiterOf refills steadily; the zero limit lets everything through. It begins full, with Burst or else Sends at
// once.
func limiterOf(l result.Rate) *rate.Limiter {
	if l.Sends == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(float64(l.Sends)/l.Per.Seconds()), cmp.Or(l.Burst, l.Sends))
}

// account is what channels with one credential share. It is safe for concurrent use. Its budget is exact because one
// process owns all of its channels ([GroupOf]).
type account struct {
	limiter *rate.Limiter

	// mu guards senders; it is not held while they are paused.
	mu      sync.Mutex
	senders []*sender
}

// share says which channels the account has, in place of those before.
func (a *account) share(senders []*sender) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.senders = senders
}

// take takes one send and says how long to wait before it. What is taken is not given back.
func (a *account) take() time.Duration { return a.limiter.Reserve().Delay() }

// pause lets no channel of the account start a send for a time: the destination told one of them to wait and meant
// all.
func (a *account) pause(d time.Duration) {
	a.mu.Lock()
	senders := a.senders
	a.mu.Unlock()
	for _, s := range senders {
		s.pause(d)
	}
}

// contactLimits are one channel's, kept for the contacts that were written to of late. It is safe for concurrent use.
type contactLimits struct {
	rate   result.Rate
	mu     sync.Mutex
	byLane map[string]*rate.Limiter
}

// contactsKept bounds the memory of a channel; beyond it, those who have their whole limit again are forgotten: a new
// limiter of theirs would say the same. Those who have not are kept, however many they are.
const contactsKept = 4096

func newContactLimits(l result.Rate) *contactLimits {
	return &contactLimits{rate: l, byLane: map[string]*rate.Limiter{}}
}

// take takes one send to a contact and says how long to wait before it.
func (c *contactLimits) take(lane string) time.Duration {
	if c.rate.Sends == 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.byLane[lane]
	if l == nil {
		// make room; it is no error where nobody can be forgotten
		if len(c.byLane) >= contactsKept {
			for key, old := range c.byLane {
				if old.Tokens() >= float64(old.Burst()) {
					delete(c.byLane, key)
				}
			}
		}
		l = limiterOf(c.rate)
		c.byLane[lane] = l
	}
	return l.Reserve().Delay()
}
