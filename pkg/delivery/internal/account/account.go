// Package account is what channels with one credential share: how much may be sent, and for how long the destination has asked
// them to wait.
package account

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// Member is a channel of an account. Two are the same where they are equal: a pointer is one.
type Member interface {
	// HoldOff lets nothing start for a time. It must not call the account.
	HoldOff(d time.Duration, why reason.Reason)
}

// Account is one account. It is safe for concurrent use. Its budget is exact where one process has all of its channels.
type Account struct {
	// mu guards what follows; it is not held while members are held off.
	mu      sync.Mutex
	limiter *rate.Limiter
	members []Member
	rate    result.Rate
	// told is the wait that the destination asked of the account, for members that come meanwhile.
	told gate.Hold
}

// New is an account that has its whole budget. The zero rate bounds nothing.
func New(r result.Rate) *Account { return &Account{rate: r, limiter: rates.Limiter(r)} }

// Allow says what the account takes from now on. Another rate begins with its whole budget.
func (a *Account) Allow(r result.Rate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rate != r {
		a.rate, a.limiter = r, rates.Limiter(r)
	}
}

// Allowed is what the account takes, with no Sends for no rate, and what counts it.
func (a *Account) Allowed() (result.Rate, *rate.Limiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rate, a.limiter
}

// Take takes one send and says how long to wait before it. What is taken is not given back.
func (a *Account) Take() time.Duration {
	_, l := a.Allowed()
	return l.Reserve().Delay()
}

// Spend leaves nothing of the budget as of a moment: another process may have taken it all until then. What was taken in advance stays
// taken.
func (a *Account) Spend(now time.Time) {
	if r, l := a.Allowed(); r.Sends > 0 {
		if left := int(l.TokensAt(now)); left > 0 {
			l.ReserveN(now, left)
		}
	}
}

// Share says which members the account has, in place of those before. The slice must not be changed afterwards.
func (a *Account) Share(members []Member) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members = members
}

// Join adds a member, and returns the wait that the account was last told.
func (a *Account) Join(m Member) gate.Hold {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members = append(a.members, m)
	return a.told
}

// Leave takes a member out.
func (a *Account) Leave(m Member) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members = slices.DeleteFunc(slices.Clone(a.members), func(one Member) bool { return one == m })
}

// HoldOff lets no member start a send for a time: the destination told one of them to wait and meant all.
func (a *Account) HoldOff(d time.Duration, why reason.Reason) {
	now := time.Now()
	a.mu.Lock()
	if until := now.Add(d); until.After(a.told.Until) {
		if now.After(a.told.Until) {
			a.told.Since = now
		}
		a.told.Until, a.told.Why = until, why
	}
	members := a.members // who joins from now on is told by a.told
	a.mu.Unlock()
	for _, m := range members {
		m.HoldOff(d, why)
	}
}

// Fresh says that a new account would know as much, and that it has no member.
func (a *Account) Fresh(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.members) == 0 && !now.Before(a.told.Until) && rates.Full(a.limiter)
}
