package bus

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus/lanes"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Delivery is how a service sends what waits on EGRESS_<far>: every message ends with one outcome under its key.
//
// The rule that makes a crash harmless is "outcome before acknowledgement": a final outcome is stored before the
// message is acknowledged and before its lane goes on. What a dead process may have sent is looked up before it is sent
// again; only what was in flight at that moment can be sent twice.
type Delivery struct {
	// Far is the network, or [Platform].
	Far string
	// Routes are the channels.
	Routes []Route
	// Validity is how long a message is tried, counted from its acceptance.
	Validity time.Duration
	// SendTimeout bounds one send.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once.
	Concurrency int
	// PerAccount and PerContact bound the sends; the zero value does not.
	PerAccount, PerContact Budget
}

// Route is one channel's way out.
type Route struct {
	// Network is the channel's network, also where the far end is the platform.
	Network string
	Channel string
	// Account is the same for channels that share a credential: they share the budget and the account's waits. It must
	// not be the credential itself.
	Account string
	// Credentials changes when the credentials do: a channel suspended with others starts again. A digest.
	Credentials string
	// Send sends one event and returns the far end's id for it.
	Send func(ctx context.Context, e *eventv1.Event) (ref string, v Verdict)
}

// Class says what became of one try to send. The zero value is the safe one.
type Class int

// The classes of a try.
const (
	Retry     Class = iota // tried again with growing pauses until the validity ends
	Sent                   // the far end took it
	Rejected               // the far end will never take it
	Waiting                // the far end said when to come back; no try is spent
	Suspended              // the credentials are no good: nothing is sent until they change
	Uncertain              // it was written and the answer lost: sent again, it may be doubled
)

// Scope is whom a wait concerns.
type Scope int

// The scopes of a wait.
const (
	ScopeContact Scope = iota
	ScopeChannel
	ScopeAccount
)

// Verdict is what became of one try to send.
type Verdict struct {
	Class Class
	// Reason is what the agent, or of a suspension the operator, reads. It holds no content and no personal data.
	Reason string
	// After and Scope are of Waiting.
	After time.Duration
	Scope Scope
	// Within bounds Retry: counted from the first of them, it is tried for so long; 0 means until the validity ends.
	Within time.Duration
	// Err is for the log.
	Err error
}

// EgressUnit names the unit of a channel.
func egressUnit(far, channel string) Unit {
	return Unit{Name: "EGRESS_" + far + "-" + channel, Filter: EgressSubject(far, channel)}
}

// Deliver sends until the context ends; then it waits for what is being sent and records its outcome.
func (b *Bus) Deliver(ctx context.Context, d Delivery) error {
	accounts := map[string]*account{}
	routes := map[string]*route{}
	var units []Unit
	for _, r := range d.Routes {
		a := accounts[r.Account]
		if a == nil {
			a = &account{limiter: d.PerAccount.limiter()}
			accounts[r.Account] = a
		}
		unit := egressUnit(d.Far, r.Channel)
		rt := &route{bus: b, delivery: &d, Route: r, account: a, finished: newFinished(), contacts: newContactBudgets(d.PerContact), recovery: 1, memory: map[string]*delivery{}}
		a.routes = append(a.routes, rt)
		routes[unitKey(b.name, unit.Name)] = rt
		units = append(units, unit)
	}
	return b.own(ctx, units, func(ctx context.Context, u *unit) error {
		rt := routes[u.key]
		if err := rt.loadState(ctx); err != nil {
			return err
		}
		q := &queue{
			bus: b, unit: u, stream: "EGRESS_" + d.Far, lanes: lanes.Options{Concurrency: d.Concurrency},
			known:  func(e *Entry) bool { return rt.finished.has(e.header.Get(headerID)) },
			work:   rt.work,
			opened: rt.resumePause,
		}
		rt.own(u, q)
		return q.run(ctx)
	})
}

// route is one channel being sent to.
type route struct {
	Route
	bus      *Bus
	delivery *Delivery
	account  *account
	contacts *contactBudgets
	finished *finished
	unit     *unit           // while this process owns the channel
	hard     context.Context // the unit's

	mu        sync.Mutex
	queue     *queue
	memory    map[string]*delivery // of the heads, by key
	paused    time.Time            // nothing starts before
	suspended *suspension          // nil while the channel is sent to
	failures  int                  // in a row, of the whole channel
	lastGood  time.Time            // the last success
	recovery  int                  // counts from 1 how often a send succeeded after many that failed
}

// Many failures in a row, and no success for a while, mean that it is the far end and not some contacts.
const (
	manyFailures = 3
	outageAfter  = 5 * time.Second
)

// failed notes a failure. It returns what recoveries does, and whether the whole far end may be down.
func (r *route) failed() (recoveries int, outage bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures++
	return r.recovery, r.failures >= manyFailures
}

// recovered ends the pauses of all who failed before: the far end takes messages again.
func (r *route) recovered() {
	r.mu.Lock()
	was := r.failures >= manyFailures && time.Since(r.lastGood) > outageAfter
	r.failures, r.lastGood = 0, time.Now()
	if was {
		r.recovery++
	}
	r.mu.Unlock()
	if set := r.set(); was && set != nil {
		set.Wake()
	}
}

func (r *route) recoveries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.recovery
}

// own begins the work on the channel. It has ended when the next begins.
func (r *route) own(u *unit, q *queue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unit, r.hard, r.queue = u, u.hard, q
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
	first    time.Time // of the tries with a bound of their own
	due      time.Time // not to be tried before
	backed   int       // the channel's recoveries when a failure set due; 0 where something else did
	revision uint64    // of the last record under the key, 0 for none
	paid     bool      // the budget has been taken for the next try
	reason   string    // of the last try that failed
	noted    time.Time // when a wait was last recorded
	refused  *Verdict  // given up already: only its dead letter and its outcome are missing
}
