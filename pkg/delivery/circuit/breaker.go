// Package circuit keeps a channel from asking a destination that fails everybody: a circuit breaker that opens when several contacts
// fail in a row, and closes when one is answered.
//
//	b := circuit.New()
//	if b.Open() {
//		if wait := b.Wait(contact, now, timeout, true); wait > 0 {
//			return wait
//		}
//	}
//	err := send()
//
// It has no clock, no lock and no goroutine: whoever has it says what time it is, and guards it.
package circuit

import "time"

// Breaker is the breaker of one channel. Failures of one contact open nothing;
// several contacts failing in a row, with no answer of any kind between them, do: from then on one send at a time
// probes the destination, until it answers.
//
// Contacts that have failed are asked for ever more rarely; one that has not need not wait for long, since it may be
// the others who are at fault. Where the destination has answered another in between, they are: they fail for
// themselves from then on, and open nothing until they have succeeded.
//
// It is made by [New], and is not safe for concurrent use.
type Breaker struct {
	// failing are the contacts that failed since the last answer.
	failing map[string]bool
	// apart are the contacts that failed while others were answered.
	apart map[string]bool
	// open says that the destination may be down: sends wait for the answer to a probe. since is from when.
	open  bool
	since time.Time
	// asked is when the last probe began, and asking says that it has not ended.
	asked  time.Time
	asking bool
	// interval is the pause between the starts of probes by contacts that have failed.
	interval time.Duration
	// recoveries is how often it was open and closed again, from 1: so 0 can stand for "never noted".
	recoveries int
}

const (
	// breakAt is how many contacts have to fail in a row. Fewer may be bad addresses that come together by chance.
	breakAt = 5
	// Pauses between the starts of probes.
	firstAsk, lastAsk = time.Second, 30 * time.Second
	// failingKept bounds the contacts that are remembered. Once so many have failed, all count as having failed.
	failingKept = 1000
)

// New is a breaker that is closed.
func New() Breaker { return Breaker{recoveries: 1} }

// Open says that the destination may be down.
func (b *Breaker) Open() bool { return b.open }

// Fresh says that it knows of no failure: a new one would do as well, but for [Breaker.Recoveries].
func (b *Breaker) Fresh() bool { return !b.open && len(b.failing) == 0 && len(b.apart) == 0 }

// Since is when it opened; meaningless while it is closed.
func (b *Breaker) Since() time.Time { return b.since }

// NextAsk is when the next probe by a contact that has failed may begin; meaningless while it is closed.
func (b *Breaker) NextAsk() time.Time { return b.asked.Add(b.interval) }

// Recoveries is how often it was open and closed again, from 1.
func (b *Breaker) Recoveries() int { return b.recoveries }

// Failed notes a failure of a contact and says whether the breaker is open. A failure while a probe is under way
// counts as the probe's end.
func (b *Breaker) Failed(contact string, now time.Time) bool {
	// it is this contact that fails: it says nothing of the destination
	if !b.open && b.apart[contact] {
		return false
	}
	if b.failing == nil {
		b.failing = map[string]bool{}
	}
	if len(b.failing) < failingKept {
		b.failing[contact] = true
	}
	switch {
	case !b.open && len(b.failing) >= breakAt:
		b.open, b.since, b.interval, b.asked, b.asking = true, now, firstAsk, now, false
	case b.open && b.asking:
		b.asking, b.interval = false, min(2*b.interval, lastAsk)
	}
	return b.open
}

// Answered notes that the destination answered about a contact, whatever it said, and says whether that closed the
// breaker.
func (b *Breaker) Answered(contact string) (closed bool) {
	closed = b.open
	if closed {
		b.recoveries++
	}
	for other := range b.failing {
		if b.apart == nil {
			b.apart = map[string]bool{}
		}
		if len(b.apart) < failingKept {
			b.apart[other] = true
		}
	}
	delete(b.apart, contact)
	b.failing, b.open, b.asking = nil, false, false
	return closed
}

// Wait is how long a send to a contact has to wait while the breaker is open: 0 for the one that probes.
// patience bounds a probe: one that has not ended by then does not count. ask says that who is told 0 probes.
func (b *Breaker) Wait(contact string, now time.Time, patience time.Duration, ask bool) time.Duration {
	pause := firstAsk
	if b.failing[contact] || len(b.failing) == failingKept {
		pause = b.interval
	}
	if b.asking {
		pause = max(pause, patience)
	}
	if left := b.asked.Add(pause).Sub(now); left > 0 {
		if b.asking {
			left = min(left, firstAsk) // the probe may end long before
		}
		return left
	}
	if ask {
		b.asked, b.asking = now, true
	}
	return 0
}
