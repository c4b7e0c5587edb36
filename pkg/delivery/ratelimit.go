package delivery

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/delivery/result"
)

// limiterOf refills steadily; the zero limit lets everything through.
func limiterOf(l result.Rate) *rate.Limiter {
	if l.Sends == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(float64(l.Sends)/l.Per.Seconds()), cmp.Or(l.Burst, l.Sends))
}

// account is what channels with one credential share.
type account struct {
	limiter *rate.Limiter

	mu      sync.Mutex
	senders []*sender
}

// share says which channels the account has.
func (a *account) share(senders []*sender) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.senders = senders
}

// take takes one send and says how long to wait before it.
func (a *account) take() time.Duration { return a.limiter.Reserve().Delay() }

// pause lets no channel of the account start a send for a time.
func (a *account) pause(d time.Duration) {
	a.mu.Lock()
	senders := a.senders
	a.mu.Unlock()
	for _, s := range senders {
		s.pause(d)
	}
}

// contactLimits are one channel's, kept for the contacts that were written to of late.
type contactLimits struct {
	rate   result.Rate
	mu     sync.Mutex
	byLane map[string]*rate.Limiter
}

// contactsKept bounds the memory of a channel; beyond it, those who have their whole limit again are forgotten.
const contactsKept = 4096

func newContactLimits(l result.Rate) *contactLimits {
	return &contactLimits{rate: l, byLane: map[string]*rate.Limiter{}}
}

func (c *contactLimits) take(lane string) time.Duration {
	if c.rate.Sends == 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.byLane[lane]
	if l == nil {
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
