package delivery

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/circuit"
	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// sender sends to one channel. There is one for each channel of which something is known, whether the process owns the channel or
// not: budgets, pauses and what is known of messages outlive a lease. It is safe for concurrent use; many goroutines work with it
// at once.
type sender struct {
	channel string
	bus     *bus.Bus
	config  *Config
	// dispatcher is whose sender it is; nil in tests of what a sender knows by itself.
	dispatcher *dispatcher
	contacts   *rates.Contacts
	// limiter bounds all that the channel sends, contacts what it sends to each contact.
	limiter  *rate.Limiter
	finished *finished
	kept     *sent.Keeper // nil where nothing is kept
	// users are those who rely on it that it stays ([dispatcher.hold]). The dispatcher's lock guards it.
	users int
	// lease and hard are those of the work that runs. They are written before it begins, and only read by it. hard
	// ends when even what was begun has to stop.
	lease *shard.Lease
	hard  context.Context

	// mu guards what follows. It is not held while the destination or the broker is asked.
	mu sync.Mutex
	// endpoint is how the channel is sent to, nil while it is not configured. gone is when it lost it: its messages
	// wait from then on.
	endpoint *endpoint
	gone     time.Time
	// removed says that its configuration was looked for and is gone: its messages end.
	removed bool
	// queue is what waits of the channel, nil while nothing does, or another process works on it.
	queue *consume.Queue
	// memory is what is known of the heads, by the key of the send: it outlives a lease.
	memory map[string]*history
	// told is the wait that the destination asked for: nothing starts before it is over.
	told wait
	// paused is what an operator said, nil while the channel is not paused.
	paused *directory.Pause
	// suspended is nil while the credential is not refused.
	suspended *suspension
	// heldUntil is when the channel was last held, by whichever of these: a place in the rates that was for a moment before
	// has passed unused.
	heldUntil time.Time
	// breaker and refused tell a message that is at fault from a destination or a credential that is.
	breaker circuit.Breaker
	outage  fault.Outage
	refused fault.Refusals
	// taken is how many events were sent, takenAt when the last was. From them follows whether others are taken while
	// one message is not.
	taken   uint64
	takenAt time.Time
	// tryTakes is how long a try takes: the mean of the latest, 0 before the first has ended.
	tryTakes time.Duration
	// slow are who ended last in their lanes, of those that took a second or more: what the next of the lane was behind.
	slow map[string]slowHead
	// begun are the contacts whose first message, of those inherited, has been looked at. It begins empty with each
	// lease.
	begun map[string]bool
}

// endpoint is how the channel is sent to, at one moment: the channel, and what it shares with others. It is never
// changed, but replaced; a send that has begun keeps the one it has.
type endpoint struct {
	*Channel
	account *account
}

// newSender makes the sender of a channel that has no endpoint yet.
func newSender(b *bus.Bus, c *Config, f *finished, k *sent.Keeper, channel string) *sender {
	return &sender{
		bus: b, config: c, channel: channel, finished: f, kept: k, limiter: rates.Limiter(c.PerChannel), contacts: rates.NewContacts(c.PerContact), breaker: circuit.New(),
		memory: map[string]*history{}, gone: time.Now(),
	}
}

// now is the endpoint that counts, nil while the channel has none.
func (s *sender) now() *endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endpoint
}

// change gives the channel another way, or none. A channel that was suspended with other credentials starts again.
// What is being sent is finished as it was begun. One goroutine at a time calls it.
func (s *sender) change(ctx context.Context, w *endpoint) {
	s.mu.Lock()
	before := s.endpoint
	s.endpoint = w
	if w != nil {
		s.removed = false
	} else if before != nil {
		s.gone = time.Now()
	}
	renewed := w != nil && s.suspended != nil && s.suspended.Credentials != w.Credentials
	s.mu.Unlock()
	if renewed {
		s.resume(ctx)
	}
	// what waits for an endpoint, or for the channel to be sure to be gone, need not wait for its next look
	if now := s.waits(); now != nil && (before == nil) != (w == nil) {
		now.Wake()
	}
	if before == nil && w != nil {
		s.stands() // whose network is not known is not told of
	}
}

// missing says what becomes of an entry whose channel has no way: it waits until one comes, or until it is sure that
// none will. Its configuration may only be late: so it waits for RemovedAfter, and then asks whether the channel
// exists. An answer that cannot be had counts as yes: a message must not end for a broker that is away.
func (s *sender) missing(ctx context.Context, e *message) lanes.Next {
	s.mu.Lock()
	removed, left := s.removed, time.Until(s.gone.Add(s.config.RemovedAfter))
	s.mu.Unlock()
	if !removed {
		if left > 0 {
			return e.stays(reason.NotLoaded, left)
		}
		if s.config.Exists != nil {
			if exists, err := s.config.Exists(ctx, s.channel); exists || err != nil {
				return e.stays(reason.NotLoaded, lookAgain)
			}
		}
		s.bus.Logger().Warn("channel was removed: its messages go to the dead letters", "far", s.config.Far, "channel", s.channel)
		s.mu.Lock()
		// it may have got an endpoint while it was asked
		s.removed = s.endpoint == nil
		s.mu.Unlock()
	}
	return s.give(e, eventv1.Result_RESULT_FAILED, reason.ChannelRemoved)
}

// lookAgain is when a channel that is configured, and has no way yet, is looked at again.
const lookAgain = 5 * time.Second

// failed notes a failure at the destination. It returns how often the destination came back so far, and whether it
// may be down.
func (s *sender) failed(e *message) (recoveries int, down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.breaker.Open()
	down = s.breaker.Failed(e.Lane, time.Now())
	if down && !was {
		s.bus.Logger().Warn("several contacts fail in a row: the destination is asked by one send at a time", "far", s.config.Far, "channel", s.channel, "waiting", s.waiting())
	}
	return s.breaker.Recoveries(), down
}

// tried notes how long a try took. A new one counts for a sixteenth of the mean: a network that has become slow is known to
// be after a few dozen tries.
func (s *sender) tried(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tryTakes == 0 {
		s.tryTakes = took
	}
	s.tryTakes += (took - s.tryTakes) / 16
}

// answered notes that the destination answered, be it that it refused. Where it was down, the pauses of all who
// failed before end.
func (s *sender) answered(e *message) {
	s.mu.Lock()
	closed, over, waiting := s.breaker.Answered(e.Lane), s.outage.End(), s.waiting()
	if closed {
		s.lifted()
	}
	s.mu.Unlock()
	if over.Tries > 0 {
		s.bus.Logger().Info("the destination answers again", "far", s.config.Far, "channel", s.channel,
			"after", time.Since(over.Since).Round(time.Millisecond).String(), "tries", over.Tries, "waiting", waiting)
	}
	if !closed {
		return
	}
	if now := s.waits(); now != nil {
		now.Wake()
	}
}

// recoveries is how often the destination came back so far, from 1.
func (s *sender) recoveries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.breaker.Recoveries()
}

// own begins the work on a queue of the channel, under a lease. Nothing works on the queue before.
func (s *sender) own(l *shard.Lease, q *consume.Queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lease, s.hard, s.queue, s.begun = l, l.Hard(), q, nil
}

// waits is the queue, nil where there is none. It may have ended by the time it is used: then its methods do nothing.
func (s *sender) waits() *consume.Queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue
}

// remember is what is known of an entry from before, under an earlier lease too: what was told to wait waits on, and a
// budget that was taken is not taken again. fresh says that nothing was known of it.
func (s *sender) remember(key string) (_ *history, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.memory[key]; d != nil {
		return d, false
	}
	d := &history{key: key}
	s.memory[key] = d
	return d, true
}

// forget drops what is remembered of a message that has ended.
func (s *sender) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.memory, key)
}

// history is what is remembered of a message between its tries, and from one lease to the next. Only who works on
// the message's lane touches it, so that it has no lock. A process that starts anew knows of it what OUTCOMES_* says.
type history struct {
	key      string      // of the send
	attempts uint32      // tries that count: not those that were told to wait
	refusals uint32      // of these, how often the credential was refused
	alone    fault.Alone // failures and refusals while others were taken: this message is at fault
	waited   fault.Alone // waits of the channel while others were taken: they are meant for this message
	first    time.Time   // of the tries with a bound of their own, so that the bound can be kept
	due      time.Time   // not to be tried before
	// backed is set where due is a pause after a failure: how often the destination had come back by then. Once it has come
	// back again, there is no reason to sit the pause out. 0 where due was told or is a rate's.
	backed int
	place  time.Time     // for when the next try's place in the rates was taken; zero where it is not taken yet
	why    reason.Reason // of the last try that failed, for who is told in the end
	stay   stay          // why it waits now
	past   holds         // what held it up before it was first tried
	noted  noted         // which waits were recorded

	// What is known of the record under the key, in OUTCOMES_*:
	revision uint64    // its sequence, which the next write compares; 0 for none
	intended bool      // it is the intent of another process: nobody knows whether that one sent
	intentAt time.Time // when this process wrote an intent itself, to tell it from another's
	stands   bool      // it is an intent, which has to be replaced once it is known that nothing was taken

	uncertain time.Time      // until when a receipt may tell whether it was taken; zero where nothing is uncertain
	refused   *result.Result // given up already: only its dead letter and its outcome are missing
	ended     *ending        // sent or given up already: only its outcome is missing
}
