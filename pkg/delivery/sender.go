package delivery

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/internal/account"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/internal/live"
	"github.com/bonychat/puente/pkg/delivery/internal/outcomes"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/sent"
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
	// stands is called when it may stand otherwise: held, or not any more.
	stands func()
	// limiter bounds all that the channel sends, contacts what it sends to each contact.
	limiter  *rate.Limiter
	contacts *rates.Contacts
	finished *outcomes.Finished
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
	// gate says whether the channel may be sent to, and outage what the log has said of a destination that does not answer.
	gate   gate.Gate
	outage fault.Outage
	// taken is how many events were sent, takenAt when the last was. From them follows whether others are taken while
	// one message is not.
	taken   uint64
	takenAt time.Time
	// tryTakes is how long a try takes: the mean of the latest, 0 before the first has ended.
	tryTakes time.Duration
	// slow are who ended last in their lanes, of those that took [waits.Shortest] or longer: what the next of the lane was behind.
	slow map[string]slowHead
	// begun are the contacts whose first message, of those inherited, has been looked at. It begins empty with each
	// lease.
	begun map[string]bool
}

// endpoint is how the channel is sent to, at one moment: the channel, and what it shares with others. It is never
// changed, but replaced; a send that has begun keeps the one it has.
type endpoint struct {
	*Channel
	account *account.Account
}

// newSender makes the sender of a channel that has no endpoint yet.
func newSender(b *bus.Bus, c *Config, f *outcomes.Finished, k *sent.Keeper, channel string) *sender {
	return &sender{
		bus: b, config: c, channel: channel, finished: f, kept: k, limiter: rates.Limiter(c.PerChannel), contacts: rates.NewContacts(c.PerContact), gate: gate.New(),
		memory: map[string]*history{}, gone: time.Now(), stands: func() {},
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
	refused, suspended := s.gate.Suspended()
	renewed := w != nil && suspended && refused != w.Credentials
	s.mu.Unlock()
	if renewed {
		s.resume(ctx)
	}
	// what waits for an endpoint, or for the channel to be sure to be gone, need not wait for its next look
	if now := s.current(); now != nil && (before == nil) != (w == nil) {
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

// own begins the work on a queue of the channel, under a lease. Nothing works on the queue before.
func (s *sender) own(l *shard.Lease, q *consume.Queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lease, s.hard, s.queue, s.begun = l, l.Hard(), q, nil
}

// current is the queue, nil where there is none. It may have ended by the time it is used: then its methods do nothing.
func (s *sender) current() *consume.Queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue
}

// waiting is how many messages of the channel wait. The lock is held.
func (s *sender) waiting() int {
	if s.queue == nil {
		return 0
	}
	return s.queue.Len()
}

// atOnce is how many contacts of the channel are sent to at once. The lock is held.
func (s *sender) atOnce() int {
	if s.endpoint != nil && s.endpoint.Concurrency > 0 {
		return s.endpoint.Concurrency
	}
	return s.config.Concurrency
}

// state is the channel's, for figures.
func (s *sender) state() live.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, suspended := s.gate.Suspended()
	switch {
	case s.endpoint == nil:
		return live.Unconfigured
	case s.gate.Paused():
		return live.Paused
	case suspended:
		return live.Suspended
	case s.gate.Failing():
		return live.Failing
	default:
		return live.Active
	}
}

// snapshot is how the channel stands, for whoever asks. works says that this process works on it at this moment.
func (s *sender) snapshot() (c live.Channel, works bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue == nil || s.lease == nil || !s.lease.Valid() {
		return c, false
	}
	now, told := time.Now(), s.gate.Told()
	c = live.Channel{
		Instance: s.bus.Instance(), Queue: s.queue, Held: s.gate.Held(now), Validity: s.config.Validity, TryTakes: s.tryTakes, Concurrency: s.atOnce(),
	}
	if now.Before(told.Until) {
		c.Told = told
	}
	if r := s.config.PerChannel; r.Sends > 0 {
		c.Rates = append(c.Rates, live.Rate{PerSecond: rates.PerSecond(r), Tokens: s.limiter.TokensAt(now)})
	}
	w := s.endpoint
	if w == nil {
		if c.Held.Why.IsZero() {
			c.Held = gate.Hold{Why: reason.NotLoaded, Since: s.gone}
		}
		return c, true
	}
	c.Account = w.Account
	if r, l := w.account.Allowed(); r.Sends > 0 {
		c.Rates = append(c.Rates, live.Rate{PerSecond: rates.PerSecond(r), Tokens: l.TokensAt(now)})
	}
	return c, true
}
