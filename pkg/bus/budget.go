package bus

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Budget bounds sends: Sends in Per, refilled steadily, Burst of them at once after a pause. The zero value is no bound.
type Budget struct {
	Sends int
	Per   time.Duration
	// Burst defaults to Sends.
	Burst int
}

func (b Budget) limiter() *rate.Limiter {
	if b.Sends == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	burst := b.Burst
	if burst == 0 {
		burst = b.Sends
	}
	return rate.NewLimiter(rate.Limit(float64(b.Sends)/b.Per.Seconds()), burst)
}

// account is what channels with one credential share.
type account struct {
	limiter *rate.Limiter

	mu     sync.Mutex
	routes []*route
}

// share says which channels the account has.
func (a *account) share(routes []*route) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.routes = routes
}

// take takes one send and says how long to wait before it.
func (a *account) take() time.Duration { return a.limiter.Reserve().Delay() }

// pause lets no channel of the account start a send for a time.
func (a *account) pause(d time.Duration) {
	a.mu.Lock()
	routes := a.routes
	a.mu.Unlock()
	for _, r := range routes {
		r.pause(d)
	}
}

// contactBudgets are one channel's, kept for the contacts that were written to of late.
type contactBudgets struct {
	budget Budget
	mu     sync.Mutex
	byLane map[string]*rate.Limiter
}

// contactsKept bounds the memory of a channel; beyond it, those who have their whole budget again are forgotten.
const contactsKept = 4096

func newContactBudgets(b Budget) *contactBudgets {
	return &contactBudgets{budget: b, byLane: map[string]*rate.Limiter{}}
}

func (c *contactBudgets) take(lane string) time.Duration {
	if c.budget.Sends == 0 {
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
		l = c.budget.limiter()
		c.byLane[lane] = l
	}
	return l.Reserve().Delay()
}
