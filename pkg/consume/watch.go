package consume

import (
	"context"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// watch ends a session that has lost sight of the stream's first message: the broker can stop delivering without a
// sign, and can lose an acknowledgement. It looks every few seconds, and believes what it has seen twice: a message
// that was stored just now may be on its way, as may an acknowledgement. It also ends a session with nothing to do.
func (s *Session) watch(ctx context.Context) {
	missing, every := uint64(0), watchEvery
	if s.queue.IdleAfter > 0 {
		every = min(every, s.queue.IdleAfter)
	}
	for bus.Pause(ctx, every) == nil {
		if s.idleFor(s.queue.IdleAfter) {
			s.end(errIdle)
			return
		}
		first, err := s.queue.First(ctx)
		if err != nil || first == 0 || s.holds(first) {
			missing = 0
			continue
		}
		if first == missing {
			s.end(fmt.Errorf("message %d was not delivered", first))
			return
		}
		missing = first
	}
}

// watchEvery is how often a session is held against its stream.
const watchEvery = 5 * time.Second

// idleFor says that there has been nothing for so long; 0 is never reached.
func (s *Session) idleFor(after time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return after > 0 && !s.idle.IsZero() && time.Since(s.idle) >= after
}

// holds says that a message was delivered to this session and is not finished.
func (s *Session) holds(sequence uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.have[sequence]
	return ok
}
