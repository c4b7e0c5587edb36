package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// sweep ends a session that has lost sight of the stream's first message: the broker can stop delivering without a
// sign. It looks every few seconds, and believes what it has seen twice. It also ends one with nothing to do.
func (q *queue) sweep(ctx context.Context, s *queueSession) {
	missing, every := uint64(0), sweepEvery
	if q.quietAfter > 0 {
		every = min(every, q.quietAfter)
	}
	for pause(ctx, every) == nil {
		if s.quiet(q.quietAfter) {
			s.end(errQuiet)
			return
		}
		first, err := q.first(ctx)
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

// sweepEvery is how often a session is held against its stream.
const sweepEvery = 5 * time.Second

// first is the sequence of the unit's first message in the stream, 0 for none.
func (q *queue) first(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	s, err := q.bus.stream(ctx, q.stream)
	if err != nil {
		return 0, err
	}
	m, err := s.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(q.unit.filter))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return m.Sequence, nil
}

// quiet says that there has been nothing for so long.
func (s *queueSession) quiet(after time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return after > 0 && !s.idle.IsZero() && time.Since(s.idle) >= after
}

func (s *queueSession) holds(sequence uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.have[sequence]
	return ok
}
