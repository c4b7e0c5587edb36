package bus

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/lanes"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// route is one channel being sent to.
type route struct {
	Channel  string
	bus      *Bus
	delivery *Delivery
	contacts *contactBudgets
	limiter  *rate.Limiter // of all that the channel sends
	finished *finished
	unit     *unit           // while this process owns the channel
	hard     context.Context // the unit's

	mu        sync.Mutex
	way       *way      // nil while the channel has none
	gone      time.Time // when it lost it
	removed   bool      // it is no longer configured either
	queue     *queue
	memory    map[string]*delivery // of the heads, by key
	paused    time.Time            // nothing starts before
	suspended *suspension          // nil while the channel is sent to
	breaker   breaker
	refused   refusals
	taken     uint64          // how many events were sent
	takenAt   time.Time       // when the last was
	begun     map[string]bool // contacts whose first message, of those inherited, has been looked at
}

// way is how the channel is sent to, at one moment.
type way struct {
	Route
	account *account
}

func newRoute(b *Bus, d *Delivery, f *finished, channel string) *route {
	return &route{
		bus: b, delivery: d, Channel: channel, finished: f, limiter: d.PerChannel.limiter(), contacts: newContactBudgets(d.PerContact), breaker: breaker{opened: 1},
		memory: map[string]*delivery{}, gone: time.Now(),
	}
}

// now is the way that counts, nil while the channel has none.
func (r *route) now() *way {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.way
}

// change gives the channel another way, or none. A channel that was suspended with other credentials starts again.
func (r *route) change(ctx context.Context, w *way) {
	r.mu.Lock()
	before := r.way
	r.way = w
	if w != nil {
		r.removed = false
	} else if before != nil {
		r.gone = time.Now()
	}
	renewed := w != nil && r.suspended != nil && r.suspended.Credentials != w.Credentials
	r.mu.Unlock()
	if renewed {
		r.resume(ctx)
	}
	if set := r.set(); set != nil && (before == nil) != (w == nil) {
		set.Wake()
	}
}

// missing says what becomes of an entry whose channel has no way: it waits until one comes, or until it is sure that none
// will.
func (r *route) missing(ctx context.Context, e *Entry) lanes.Next {
	r.mu.Lock()
	removed, left := r.removed, time.Until(r.gone.Add(r.delivery.RemovedAfter))
	r.mu.Unlock()
	if !removed {
		if left > 0 {
			return lanes.Next{Keep: true, After: left}
		}
		if r.delivery.Exists != nil {
			if exists, err := r.delivery.Exists(ctx, r.Channel); exists || err != nil {
				return lanes.Next{Keep: true, After: lookAgain}
			}
		}
		r.bus.log.Warn("channel was removed: its messages go to the dead letters", "far", r.delivery.Far, "channel", r.Channel)
		r.mu.Lock()
		r.removed = r.way == nil
		r.mu.Unlock()
	}
	return r.give(e, eventv1.Result_RESULT_FAILED, "the channel was removed")
}

// lookAgain is when a channel that is configured, and has no way yet, is looked at again.
const lookAgain = 5 * time.Second

// failed notes a failure. It returns how often the far end came back so far, and whether it may be down.
func (r *route) failed(e *Entry) (recoveries int, down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.breaker.open
	down = r.breaker.failed(laneOf(e.Event), time.Now())
	if down && !was {
		r.bus.log.Warn("several contacts fail in a row: the far end is asked by one send at a time", "far", r.delivery.Far, "channel", r.Channel)
	}
	return r.breaker.opened, down
}

// answered notes that the far end answered. Where it was down, the pauses of all who failed before end.
func (r *route) answered(e *Entry) {
	r.mu.Lock()
	closed := r.breaker.answered(laneOf(e.Event))
	r.mu.Unlock()
	if !closed {
		return
	}
	r.bus.log.Info("the far end answers again", "far", r.delivery.Far, "channel", r.Channel)
	if set := r.set(); set != nil {
		set.Wake()
	}
}

func (r *route) recoveries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.breaker.opened
}

// own begins the work on the channel. It has ended when the next begins.
func (r *route) own(u *unit, q *queue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unit, r.hard, r.queue, r.begun = u, u.hard, q, nil
}

// set is the lanes of the running session, nil between sessions.
func (r *route) set() *lanes.Set[*Entry] {
	r.mu.Lock()
	q := r.queue
	r.mu.Unlock()
	if q == nil {
		return nil
	}
	return q.lanesNow()
}

// remember is what is known of an entry from before, in an earlier session too: what was told to wait waits on, and a
// budget that was taken is not taken again.
func (r *route) remember(key string) *delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.memory[key]
	if d == nil {
		d = &delivery{key: key}
		r.memory[key] = d
	}
	return d
}

func (r *route) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.memory, key)
}

// pause lets nothing start for a time, in later sessions too.
func (r *route) pause(d time.Duration) {
	r.mu.Lock()
	if until := time.Now().Add(d); until.After(r.paused) {
		r.paused = until
	}
	r.mu.Unlock()
	if set := r.set(); set != nil {
		set.Pause(d)
	}
}

// resumePause gives a new session the pause of the one before.
func (r *route) resumePause(set *lanes.Set[*Entry]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left := time.Until(r.paused); left > 0 {
		set.Pause(left)
	}
}

// delivery is what is remembered of an entry between its tries.
type delivery struct {
	key      string
	attempts uint32    // tries that count
	refusals uint32    // of these, how often the credential was refused
	alone    alone     // failures and refusals while others were taken
	waited   alone     // waits of the channel while others were taken
	first    time.Time // of the tries with a bound of their own
	due      time.Time // not to be tried before
	backed   int       // the channel's recoveries when a failure set due; 0 where something else did
	revision uint64    // of the last record under the key, 0 for none
	paid     bool      // the budget has been taken for the next try
	reason   string    // of the last try that failed
	noted    time.Time // when a wait was last recorded
	intended bool      // another process meant to send it, and nobody knows what became of that
	intentAt time.Time // when this process last meant to, as the record says
	stands   bool      // the record under the key is that one
	doubt    time.Time // until when a receipt may settle whether it was taken; zero where nothing is in doubt
	refused  *Verdict  // given up already: only its dead letter and its outcome are missing
	ended    *ending   // sent or given up already: only its outcome is missing
}
