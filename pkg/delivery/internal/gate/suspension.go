package gate

import (
	"time"

	"github.com/bonychat/puente/pkg/reason"
)

// Suspension is that a channel's credential is refused, as it is stored.
type Suspension struct {
	// Reason is what the operator reads, and Since when it began. Credentials is the digest of those that were
	// refused: with others the suspension says nothing.
	Reason      reason.Reason `json:"reason"`
	Since       time.Time     `json:"since"`
	Credentials string        `json:"credentials"`
}

// why is why a suspended channel is not sent to.
func (s *Suspension) why() reason.Reason { return reason.Suspended.Because(s.Reason) }

// probes is when the destination of a suspended channel is asked again.
type probes struct {
	// next is when it may be asked again, and interval the pause after that one, which doubles with each.
	next     time.Time
	interval time.Duration
	// asking is when the probe that is under way began; zero for none.
	asking time.Time
}

// Probes of a suspended channel: the first after a second, for one answer may have been about one message, then ever
// rarer.
const (
	firstProbe = time.Second
	lastProbe  = 15 * time.Minute
	// stepAside is how long a contact that was refused leaves a probe to those that were not; the one that was
	// refused last leaves it to them twice as long. So the probe is another contact's, where another one waits.
	stepAside = 250 * time.Millisecond
)

// Refused notes that the credential was refused for a contact. lately says that a message of the channel was taken within
// [fault.Lately]. counts says that the refusal tells something of the channel, suspends that nobody gets through: the channel is
// to be suspended.
func (g *Gate) Refused(lane string, lately bool) (counts, suspends bool) {
	return g.refused.Refused(lane, lately)
}

// Taken notes that a contact's message was taken: the credential is good.
func (g *Gate) Taken(lane string) { g.refused.Taken(lane) }

// Suspend stops the channel from now on: one message at a time probes it, the first after a second.
func (g *Gate) Suspend(s Suspension, now time.Time) {
	g.suspended, g.probes = &s, probes{next: now.Add(firstProbe), interval: 2 * firstProbe}
}

// SuspendedBefore takes over a suspension of an earlier process: with the same credentials the destination is asked once, now.
func (g *Gate) SuspendedBefore(s Suspension, now time.Time) {
	g.suspended, g.probes = &s, probes{next: now, interval: firstProbe}
}

// Resume ends the suspension, and says whether there was one.
func (g *Gate) Resume(now time.Time) (was bool) {
	if g.suspended == nil {
		return false
	}
	g.suspended, g.heldUntil = nil, now
	return true
}

// Suspended says that the credential is refused, and which: its digest.
func (g *Gate) Suspended() (credentials string, suspended bool) {
	if g.suspended == nil {
		return "", false
	}
	return g.suspended.Credentials, true
}

// probeIn is how long a contact of a suspended channel has to wait before it may send: 0 for the one who probes it. Those that were
// refused let others go first: what looks like a bad credential may be about their messages alone, and then only another contact
// can show that the channel is well. ask says that who is told 0 probes; its answer is waited for as long as patience says.
func (g *Gate) probeIn(lane string, now time.Time, patience time.Duration, ask bool) time.Duration {
	p := &g.probes
	wait := p.next.Sub(now) + time.Duration(g.refused.Steps(lane))*stepAside
	if wait > 0 {
		return wait
	}
	if left := p.asking.Add(patience).Sub(now); !p.asking.IsZero() && left > 0 {
		// one at a time; who waits looks every second, since the probe may end long before its timeout
		return min(left, time.Second)
	}
	if ask {
		p.asking, p.next = now, now.Add(p.interval)
		p.interval = min(2*p.interval, lastProbe)
	}
	return 0
}

// Asked notes that a send has ended: should it have been the probe of a suspended channel, another may follow.
func (g *Gate) Asked() { g.probes.asking = time.Time{} }
