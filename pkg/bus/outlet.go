package bus

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"
)

// outlet is all that is sent to one far end: its channels, those among them that have work, and what channels with one
// credential share.
type outlet struct {
	bus      *Bus
	delivery *Delivery
	demand   *demand
	looking  chan struct{} // asks for a look at the stream
	finished *finished

	mu       sync.Mutex
	accounts map[string]*account
	routes   map[string]*route // by channel; also those without a route that still have messages
}

func newOutlet(b *Bus, d *Delivery) *outlet {
	o := &outlet{
		bus: b, delivery: d, demand: onDemand(egressUnit(d.Far, "").Name), looking: make(chan struct{}, 1), finished: newFinished(), accounts: map[string]*account{}, routes: map[string]*route{},
	}
	o.demand.groupOf = o.group
	o.demand.grace = b.sendGrace(d.SendTimeout)
	o.demand.look = func() {
		select {
		case o.looking <- struct{}{}:
		default:
		}
	}
	return o
}

// follow takes over what routes there are, whenever they change.
func (o *outlet) follow(ctx context.Context, changed <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			changed = o.change(ctx)
		}
	}
}

// change takes over the routes as they are now, and returns what closes when they change again.
func (o *outlet) change(ctx context.Context) <-chan struct{} {
	all, changed := o.delivery.Routes.get()
	o.mu.Lock()
	accounts, ways := map[string]*account{}, map[string]*way{}
	for _, r := range all {
		a := accounts[r.Account]
		if a == nil {
			if a = o.accounts[r.Account]; a == nil {
				a = &account{limiter: o.delivery.PerAccount.limiter()}
			}
			accounts[r.Account] = a
		}
		ways[r.Channel] = &way{r, a}
		o.find(r.Channel)
	}
	o.accounts = accounts
	shared := map[*account][]*route{}
	routes := make([]*route, 0, len(o.routes))
	for channel, rt := range o.routes {
		routes = append(routes, rt)
		if w := ways[channel]; w != nil {
			shared[w.account] = append(shared[w.account], rt)
		}
	}
	o.mu.Unlock()
	for a, routes := range shared {
		a.share(routes)
	}
	for _, rt := range routes {
		rt.change(ctx, ways[rt.Channel])
	}
	return changed
}

// route is a channel's, with or without a way.
func (o *outlet) route(channel string) *route {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.find(channel)
}

// find is route with the lock held.
func (o *outlet) find(channel string) *route {
	rt := o.routes[channel]
	if rt == nil {
		rt = newRoute(o.bus, o.delivery, o.finished, channel)
		o.routes[channel] = rt
	}
	return rt
}

// group is the account of a unit's channel: its budget is exact only where one process has all of it.
func (o *outlet) group(u Unit) string {
	o.mu.Lock()
	rt := o.routes[o.channel(u.Filter)]
	o.mu.Unlock()
	if rt != nil {
		if w := rt.now(); w != nil {
			return "account-" + w.Account
		}
	}
	return u.Name
}

// channel is the channel of a subject.
func (o *outlet) channel(subject string) string {
	return strings.TrimPrefix(subject, topology.EgressSubject(o.delivery.Far, ""))
}

// send sends one channel's messages while this process owns it and there are any.
func (o *outlet) send(ctx context.Context, u *unit) error {
	rt := o.route(o.channel(u.filter))
	if err := rt.loadState(ctx); err != nil {
		return err
	}
	q := &queue{
		bus: o.bus, unit: u, stream: "EGRESS_" + o.delivery.Far, lanes: lanes.Options{Concurrency: o.delivery.Concurrency},
		known:      func(e *Entry) bool { return rt.finished.has(e.id) },
		work:       rt.work,
		opened:     rt.resumePause,
		quietAfter: o.delivery.QuietAfter,
	}
	rt.own(u, q)
	if err := q.run(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	named := egressUnit(o.delivery.Far, rt.Channel)
	o.demand.quiet(named.Name)
	// what was stored before the line above rang in vain
	if first, err := q.first(ctx); err != nil || first > 0 {
		o.demand.want(named)
	}
	return nil
}

// sweep finds the channels that have messages, since nobody relies on a bell; those that were removed too.
func (o *outlet) sweep(ctx context.Context) {
	o.inherit(ctx)
	for {
		if err := o.look(ctx); err != nil && ctx.Err() == nil {
			o.bus.log.Debug("channels with messages not listed", "far", o.delivery.Far, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-o.looking:
			o.inherit(ctx)
		case <-time.After(sweepEvery):
		}
	}
}

// look wants every channel that the stream holds something of. It costs the broker a walk over the subjects that hold
// something: idle channels cost nothing.
func (o *outlet) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	s, err := o.bus.stream(ctx, "EGRESS_"+o.delivery.Far)
	if err != nil {
		return err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(topology.EgressSubject(o.delivery.Far, "*")))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		o.demand.want(egressUnit(o.delivery.Far, o.channel(subject)))
	}
	return nil
}

// inherit wants the channels whose record names a consumer that somebody left behind: it costs the broker memory until
// its channel has an owner.
func (o *outlet) inherit(ctx context.Context) {
	owners, err := o.bus.unitOwners(ctx, egressUnit(o.delivery.Far, "").Name)
	if err != nil && ctx.Err() == nil {
		o.bus.log.Debug("units left behind not listed", "far", o.delivery.Far, "err", err)
	}
	for name, owner := range owners {
		if owner != o.bus.instance {
			o.demand.want(egressUnit(o.delivery.Far, strings.TrimPrefix(name, egressUnit(o.delivery.Far, "").Name)))
		}
	}
}
