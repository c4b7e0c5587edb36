package bus

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
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
	// Routes are the channels; they may change while it runs.
	Routes *Routes
	// Exists says whether a channel without a route is still configured, as of now: a route can be late. Messages of a
	// channel that is gone end in the dead letters. nil means that what has no route does not exist.
	Exists func(ctx context.Context, channel string) (bool, error)
	// RemovedAfter is how long a channel has to be without a route before its messages end; default 1 minute.
	RemovedAfter time.Duration
	// QuietAfter is how long a channel without messages keeps its consumer; default 1 minute.
	QuietAfter time.Duration
	// Validity is how long a message is tried, counted from its acceptance.
	Validity time.Duration
	// SendTimeout bounds one send.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once.
	Concurrency int
	// RefusedAlone is how long a message is tried whose credential the far end refuses while it takes others with the
	// same; default 2 minutes.
	RefusedAlone time.Duration
	// FailedAlone is how long a message is tried that fails at a far end which takes others; default 1 hour.
	FailedAlone time.Duration
	// PerAccount, PerChannel and PerContact bound the sends; the zero value does not.
	PerAccount, PerChannel, PerContact Budget
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
	// Listen says that the channel is to be listened to ([Bus.Listen]): its far end makes no calls.
	Listen bool
	// Keyed says that the far end drops a repeat of a send by itself.
	Keyed bool
	// Hold says that what may have been taken is never sent again: it ends in the dead letters. Not with Keyed.
	Hold bool
	// Receipt is the digest under which the far end's receipts of an event are stored ([ReceiptSubject]), where it hands
	// our id back with them; nil where it does not.
	Receipt func(e *eventv1.Event) string
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
	Suspended              // the credentials are no good, or this message is refused as if they were
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
	// Alias is the contact's address, with Sent, where the far end answered with another.
	Alias string
	// Reason is what the agent, or of a suspension the operator, reads. It holds no content and no personal data.
	Reason string
	// After and Scope are of Waiting; with Retry, After is the shortest pause.
	After time.Duration
	Scope Scope
	// Within bounds Retry: counted from the first of them, it is tried for so long; 0 means until the validity ends.
	Within time.Duration
	// Err is for the log.
	Err error
}

// Deliver sends until the context ends; then it waits for what is being sent and records its outcome. The processes of
// a service share the channels; those of one account have one owner.
func (b *Bus) Deliver(ctx context.Context, d Delivery) error {
	if d.RemovedAfter == 0 {
		d.RemovedAfter = time.Minute
	}
	if d.QuietAfter == 0 {
		d.QuietAfter = time.Minute
	}
	if d.RefusedAlone == 0 {
		d.RefusedAlone = 2 * time.Minute
	}
	if d.FailedAlone == 0 {
		d.FailedAlone = time.Hour
	}
	o := newOutlet(b, &d)
	changed := o.change(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beside.Go(func() { b.hear(ctx, d.Far, func(channel string) { o.demand.want(egressUnit(d.Far, channel)) }) })
	beside.Go(func() { o.follow(ctx, changed) })
	beside.Go(func() { o.sweep(ctx) })
	return b.own(ctx, o.demand, o.send)
}

// egressUnit names the unit of a channel.
func egressUnit(far, channel string) Unit {
	return Unit{Name: "EGRESS_" + far + "-" + channel, Filter: topology.EgressSubject(far, channel)}
}
