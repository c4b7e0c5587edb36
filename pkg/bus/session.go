package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"
)

// queue works on one unit of a work queue: session after session, each with a consumer of its own.
//
// The stream is the state: what is left is what is unfinished, so a new consumer starts at the first unfinished
// message in order. Deleting the old consumer first fences its pulls and its acknowledgements; the server refuses
// overlapping filters, so that two cannot coexist. Anything that could have lost or reordered a delivery (a gap, a
// reconnect, a missed heartbeat, a change of leader, which loses acknowledgements without a sign) ends the session.
type queue struct {
	bus    *Bus
	unit   *unit
	stream string
	lanes  lanes.Options
	// work acts on a lane's head.
	work func(context.Context, *queueSession, *Entry) lanes.Next
	// known says that the key was finished by this process before; it is acknowledged again and not worked on.
	known func(*Entry) bool
	// opened hears of every new session before it begins; it may be nil.
	opened func(*lanes.Set[*Entry])
	// quietAfter ends the work when there has been nothing to do for so long; 0 never does.
	quietAfter time.Duration

	sessions int
	mu       sync.Mutex
	current  *queueSession // nil between sessions
}

// pullBytes bounds what one unit has under way from the broker: with hundreds of units at once, a connection that is
// sent more than the client reads is cut by the server. No message of a work queue is larger: /message takes 256 kB.
const pullBytes = 1 << 20

// heldBytes bounds the bodies that one session keeps; what is over it is read again when its turn comes.
const heldBytes = 32 << 20

// errQuiet ends a session that has had nothing to do.
var errQuiet = errors.New("nothing to do")

// errNotOpened is a session that did not begin.
var errNotOpened = errors.New("no session")

type queueSession struct {
	queue *queue
	set   *lanes.Set[*Entry]
	end   context.CancelCauseFunc

	mu   sync.Mutex
	have map[uint64]struct{}
	held int
	idle time.Time // since when there is nothing; zero while there is something
}

// run works until the context ends, there has been nothing to do for a while, or the unit is lost; running heads are
// waited for.
func (q *queue) run(ctx context.Context) error {
	failures := 0
	for ctx.Err() == nil {
		err := q.session(ctx)
		if errors.Is(err, errLost) {
			return fmt.Errorf("unit %s: %w", q.unit.name, err)
		}
		if ctx.Err() != nil || errors.Is(err, errQuiet) {
			break
		}
		if q.bus.over() {
			return errClosed
		}
		wait := 100 * time.Millisecond
		if errors.Is(err, errNotOpened) {
			failures++
			wait = min(wait<<min(failures, 6), 5*time.Second)
			q.bus.log.Warn("unit cannot be worked on, will be tried again", "unit", q.unit.name, "err", err)
		} else {
			failures = 0
			q.bus.log.Debug("session ended", "unit", q.unit.name, "err", err)
		}
		_ = pause(ctx, wait)
	}
	q.retire()
	return nil
}

func (q *queue) session(parent context.Context) error {
	l := q.bus.link()
	consumer, until, err := q.open(parent)
	if err != nil {
		return errors.Join(errNotOpened, err)
	}
	if q.unit.until == 0 {
		q.unit.until = until
	}
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	s := &queueSession{queue: q, end: end, have: map[uint64]struct{}{}, idle: time.Now()}
	s.set = lanes.New(ctx, q.lanes, func(ctx context.Context, e *Entry) lanes.Next { return q.work(ctx, s, e) })
	if q.opened != nil {
		q.opened(s.set)
	}
	q.setCurrent(s)
	defer q.setCurrent(nil)
	defer s.set.Stop()

	status := l.nc.StatusChanged(nats.RECONNECTING)
	defer l.nc.RemoveStatusListener(status)
	expected := uint64(0)
	reading, err := consumer.Consume(func(m jetstream.Msg) {
		meta, err := m.Metadata()
		if err != nil || ctx.Err() != nil {
			return
		}
		if expected++; meta.Sequence.Consumer != expected {
			end(fmt.Errorf("gap: expected delivery %d, got %d", expected, meta.Sequence.Consumer)) // nothing behind it may start
			return
		}
		e := entryOf(m, meta)
		e.suspect = e.suspect || e.Sequence <= until
		s.push(e)
	}, jetstream.PullMaxMessagesWithBytesLimit(200, pullBytes), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(5*time.Second),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { end(err) }))
	if err != nil {
		return fmt.Errorf("consume %s: %w", q.stream, err)
	}
	defer reading.Stop()
	var sweeping sync.WaitGroup
	sweeping.Go(func() { q.sweep(ctx, s) })
	defer sweeping.Wait()
	defer end(nil)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.gone:
		return errGone
	case s := <-status:
		return fmt.Errorf("connection %s", s)
	}
}

func (q *queue) setCurrent(s *queueSession) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = s
}

// lanesNow are the running session's, nil between sessions.
func (q *queue) lanesNow() *lanes.Set[*Entry] {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.current == nil {
		return nil
	}
	return q.current.set
}

func (s *queueSession) push(e *Entry) {
	if s.queue.known != nil && s.queue.known(e) {
		s.queue.bus.ack(e)
		return
	}
	lane := "unreadable"
	if e.decode() == nil {
		lane = laneOf(e.Event)
	}
	s.mu.Lock()
	if _, ok := s.have[e.Sequence]; ok {
		s.mu.Unlock()
		return // delivered again because it has waited for long
	}
	s.have[e.Sequence], s.idle = struct{}{}, time.Time{}
	if e.held = len(e.Body); s.held+e.held > heldBytes {
		e.held = 0
		e.drop()
	}
	s.held += e.held
	s.mu.Unlock()
	s.set.Push(lane, e)
}

// finish acknowledges. The acknowledgement is plain: it cannot be relied on anyway, and what comes again is known by
// its key, its record or its outcome.
func (s *queueSession) finish(e *Entry) lanes.Next {
	s.queue.bus.ack(e)
	s.mu.Lock()
	delete(s.have, e.Sequence)
	s.held -= e.held
	if len(s.have) == 0 {
		s.idle = time.Now()
	}
	s.mu.Unlock()
	return lanes.Next{}
}

func (b *Bus) ack(e *Entry) {
	if err := b.nc().Publish(e.reply, []byte("+ACK")); err != nil {
		b.log.Debug("acknowledgement not sent", "stream", topology.StreamOf(e.Subject), "err", err)
	}
}
