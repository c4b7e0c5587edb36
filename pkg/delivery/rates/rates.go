// Package rates counts what may be sent: by a channel, and to each of its contacts. A limit begins full, and refills steadily. What an
// account takes over several channels is the business of package account.
package rates

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/delivery/result"
)

// Limiter refills steadily; the zero limit lets everything through. It begins full, with Burst or else Sends at
// once.
func Limiter(l result.Rate) *rate.Limiter {
	if l.Sends == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(PerSecond(l)), cmp.Or(l.Burst, l.Sends))
}

// PerSecond is how much a limit lets through in a second, on average; it must not be the zero limit.
func PerSecond(l result.Rate) float64 { return float64(l.Sends) / l.Per.Seconds() }

// Contacts are the limits of one channel's contacts, kept for the contacts that were written to of late. It is safe for concurrent use.
type Contacts struct {
	rate   result.Rate
	mu     sync.Mutex
	byLane map[string]*rate.Limiter
}

// contactsKept bounds the memory of a channel; beyond it, those who have their whole limit again are forgotten: a new
// limiter of theirs would say the same. Those who have not are kept, however many they are.
const contactsKept = 4096

// NewContacts are limits that nobody has used yet; the zero rate bounds nothing.
func NewContacts(l result.Rate) *Contacts {
	return &Contacts{rate: l, byLane: map[string]*rate.Limiter{}}
}

// Take takes one send to a contact and says how long to wait before it.
func (c *Contacts) Take(lane string) time.Duration {
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
				if Full(old) {
					delete(c.byLane, key)
				}
			}
		}
		l = Limiter(c.rate)
		c.byLane[lane] = l
	}
	return l.Reserve().Delay()
}

// Full says that every contact has its whole budget.
func (c *Contacts) Full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.byLane {
		if !Full(l) {
			return false
		}
	}
	return true
}

// Full says that a limiter has its whole budget: a new one would say the same. One that lets everything through has it always.
func Full(l *rate.Limiter) bool { return l.Tokens() >= float64(l.Burst()) }
