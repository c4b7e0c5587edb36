package delivery

import (
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"
)

// wait is a time in which nothing starts, because the destination said so.
type wait struct {
	since, until time.Time
	why          reason.Reason
}

// holdOff lets nothing start for a time, under a later lease too; of two waits the one that ends later stands.
func (s *sender) holdOff(d time.Duration, why reason.Reason) {
	s.mu.Lock()
	if until := time.Now().Add(d); until.After(s.told.until) {
		if time.Now().After(s.told.until) {
			s.told.since = time.Now()
		}
		s.told.until, s.told.why = until, why
		s.heldUntil = until
	}
	s.mu.Unlock()
	if now := s.waits(); now != nil {
		now.Pause(d)
	}
}

// await takes over a wait that was told before the sender was made.
func (s *sender) await(told wait) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if told.until.After(s.told.until) {
		s.told, s.heldUntil = told, told.until
	}
}

// resumeWait gives a new queue the wait of the one before.
func (s *sender) resumeWait(now *consume.Queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if left := time.Until(s.told.until); left > 0 {
		now.Pause(left)
	}
}
