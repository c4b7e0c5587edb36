package delivery

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// admit says how long the entry has to wait for a channel that is held or for its budgets, and why; 0 means go. An entry
// takes its place in the three rates once for each try, and waits for the one that is longest: to ask anew each time it is
// woken would take a place each time. It takes none while the channel is held, and another one where its place has passed in
// a hold: else all that wait would go at once at its end.
func (s *sender) admit(e *message, w *endpoint) (time.Duration, stay) {
	if after, held := s.heldBy(e, false); after > 0 {
		return after, held
	}
	s.mu.Lock()
	passed := !e.place.After(s.heldUntil)
	s.mu.Unlock()
	if e.place.IsZero() || passed {
		wait, why := s.takePlaces(e, w)
		e.place = time.Now().Add(wait)
		if wait > 0 {
			e.due, e.backed = e.place, 0
			return wait, stay{why: why, next: e.place}
		}
	}
	return s.heldBy(e, true) // last: whoever is told 0 by a suspended channel is the one who asks
}

// takePlaces takes a place in each of the three rates, and says how long it is until the last of them, and whose that is.
func (s *sender) takePlaces(e *message, w *endpoint) (wait time.Duration, why reason.Reason) {
	wait, why = s.contacts.Take(e.Lane), reason.ContactRate
	if d := s.limiter.Reserve().Delay(); d > wait {
		wait, why = d, reason.ChannelRate
	}
	if d := w.account.take(); d > wait {
		wait, why = d, reason.AccountRate
	}
	return wait, why
}

// heldBy is how long a send has to wait because of the channel, and why: 0 while it is well, and for the one that probes
// it. ask says that the entry sends next if it is told 0: the others wait for its answer then, for SendTimeout at most.
func (s *sender) heldBy(e *message, ask bool) (time.Duration, stay) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.paused; p != nil {
		// its end wakes all; in between it is looked at for its validity alone
		return pauseWait, stay{why: s.pausedWhy(), since: p.Since, next: p.Until}
	}
	if s.suspended != nil {
		if wait := s.probeIn(e.Lane, now, ask); wait > 0 {
			return wait, stay{why: s.suspendedWhy(), since: s.suspended.Since, next: now.Add(wait)}
		}
	}
	if s.breaker.Open() {
		if wait := s.breaker.Wait(e.Lane, now, s.config.SendTimeout, ask); wait > 0 {
			return wait, stay{why: reason.DoesNotAnswer, since: s.breaker.Since(), next: now.Add(wait)}
		}
	}
	return 0, stay{}
}

// pauseWait is how often a message of a paused channel is looked at.
const pauseWait = time.Hour

// pausedWhy is why a paused channel is not sent to; the lock is held. The operator's words are for other operators, and
// what a message waits for is told to agents: so it leaves them out.
func (s *sender) pausedWhy() reason.Reason { return reason.Paused }

// suspendedWhy is why a suspended channel is not sent to; the lock is held.
func (s *sender) suspendedWhy() reason.Reason {
	return reason.Suspended.Because(s.suspended.Reason)
}

// probeIn is how long a contact of a suspended channel has to wait before it may send: 0 for the one who probes it. Those that were
// refused let others go first: what looks like a bad credential may be about their messages alone, and then only another contact
// can show that the channel is well. ask says that who is told 0 probes.
// The lock is held.
func (s *sender) probeIn(lane string, now time.Time, ask bool) time.Duration {
	p := s.suspended
	wait := p.probe.Sub(now) + time.Duration(s.refused.Steps(lane))*stepAside
	if wait > 0 {
		return wait
	}
	if left := p.asking.Add(s.config.SendTimeout).Sub(now); !p.asking.IsZero() && left > 0 {
		// one at a time; who waits looks every second, since the probe may end long before its timeout
		return min(left, time.Second)
	}
	if ask {
		p.asking, p.probe = now, now.Add(p.interval)
		p.interval = min(2*p.interval, lastProbe)
	}
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

// account is what channels with one credential share. It is safe for concurrent use. Its budget is exact because one
// process owns all of its channels ([GroupOf]).
type account struct {
	// mu guards what follows; it is not held while senders are held off.
	mu      sync.Mutex
	limiter *rate.Limiter
	senders []*sender
	rate    result.Rate
	// told is the wait that the destination asked of the account, for senders that are made meanwhile.
	told wait
}

// newAccount is an account that has its whole budget.
func newAccount(r result.Rate) *account { return &account{rate: r, limiter: rates.Limiter(r)} }

// allow says what the account takes from now on. Another rate begins with its whole budget.
func (a *account) allow(r result.Rate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rate != r {
		a.rate, a.limiter = r, rates.Limiter(r)
	}
}

// allowed is what the account takes, with no Sends for no rate, and what counts it.
func (a *account) allowed() (result.Rate, *rate.Limiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rate, a.limiter
}

func perSecond(r result.Rate) float64 { return float64(r.Sends) / r.Per.Seconds() }

// narrower says that a lets less through than b.
func narrower(a, b result.Rate) bool {
	return a.Sends > 0 && (b.Sends == 0 || perSecond(a) < perSecond(b))
}

// share says which channels the account has, in place of those before.
func (a *account) share(senders []*sender) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.senders = senders
}

// join adds a channel, and returns the wait that the account was last told.
func (a *account) join(s *sender) wait {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.senders = append(a.senders, s)
	return a.told
}

// leave takes a channel out.
func (a *account) leave(s *sender) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.senders = slices.DeleteFunc(slices.Clone(a.senders), func(one *sender) bool { return one == s })
}

// take takes one send and says how long to wait before it. What is taken is not given back.
func (a *account) take() time.Duration {
	_, l := a.allowed()
	return l.Reserve().Delay()
}

// holdOff lets no channel of the account start a send for a time: the destination told one of them to wait and meant
// all.
func (a *account) holdOff(d time.Duration, why reason.Reason) {
	now := time.Now()
	a.mu.Lock()
	if until := now.Add(d); until.After(a.told.until) {
		if now.After(a.told.until) {
			a.told.since = now
		}
		a.told.until, a.told.why = until, why
	}
	senders := a.senders // who joins from now on is told by a.told
	a.mu.Unlock()
	for _, s := range senders {
		s.holdOff(d, why)
	}
}
