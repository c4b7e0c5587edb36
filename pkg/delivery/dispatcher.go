package delivery

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// dispatcher is all that is sent to one destination: its channels, those among them that have work, and what channels
// with one credential share. There is one for each call of [Config.Run]. It is safe for concurrent use.
type dispatcher struct {
	bus    *bus.Bus
	group  *shard.Group
	config *Config
	// activation says which channels have messages, and so are to be owned.
	activation *shard.Activation
	// looking asks for a look at the stream. It holds one request: a second one before the look says nothing new.
	looking chan struct{}
	// pausesKnown is closed when the pauses that are there have been taken over, and repaused says that one has changed.
	pausesKnown chan struct{}
	repaused    chan struct{}
	// live answers what is asked about the channels that this process owns.
	live *bus.Responder
	// finished is shared by all channels: it remembers what was concluded last, whichever session or lease it was
	// under.
	finished *finished
	// kept keeps what was taken; nil where nobody asks for it.
	kept *keeper

	// mu guards what follows. It is never held while the broker is asked, or while a sender's or an account's lock is
	// waited for.
	mu sync.Mutex
	// accounts are those of the channels as they are now, by [Channel.Account]. One that stays keeps its limiter, so
	// that a change of the channels does not refill its budget.
	accounts map[string]*account
	// senders are by channel; also those without an endpoint that still have messages. None is ever removed: what it
	// remembers of its messages counts when the channel comes back.
	senders map[string]*sender
}

// newDispatcher makes a dispatcher that knows no channels yet and owns nothing.
func newDispatcher(b *bus.Bus, g *shard.Group, c *Config) *dispatcher {
	d := &dispatcher{
		bus: b, group: g, config: c, looking: make(chan struct{}, 1), finished: newFinished(),
		pausesKnown: make(chan struct{}), repaused: make(chan struct{}, 1),
		accounts: map[string]*account{}, senders: map[string]*sender{},
	}
	d.activation = shard.OnDemand(shardOf(c.Far, "").Name)
	d.activation.Group = d.groupOf
	d.activation.Grace = c.grace()
	d.live = &bus.Responder{Bus: b, Answer: d.answer}
	d.activation.Look = func() {
		select {
		case d.looking <- struct{}{}:
		default:
		}
	}
	return d
}

// shardOf is the shard of a channel. With the channel "" its name is what the names of all begin with.
func shardOf(far, channel string) shard.Shard {
	return shard.Shard{Name: topology.Egress(far).Name + "-" + channel, Filter: topology.EgressSubject(far, channel)}
}

// channelOf is the channel of a shard, by its filter.
func (d *dispatcher) channelOf(filter string) string {
	return strings.TrimPrefix(filter, topology.EgressSubject(d.config.Far, ""))
}

// GroupOf names what has one owner together: the account, since its budget is exact only where one process has all of it,
// and what is heard belongs to who sends ([pkg/listen]).
func GroupOf(account string) string { return "account-" + account }

// groupOf is what a channel is owned together with: its account, or itself where it has no endpoint.
func (d *dispatcher) groupOf(s shard.Shard) string {
	d.mu.Lock()
	found := d.senders[d.channelOf(s.Filter)]
	d.mu.Unlock()
	if found != nil {
		if e := found.now(); e != nil {
			return GroupOf(e.Account)
		}
	}
	return s.Name
}

// want asks for a channel to be sent to, by whichever process should own it. All processes are notified and look, so
// that all ask.
func (d *dispatcher) want(channel string) { d.activation.Want(shardOf(d.config.Far, channel)) }

// follow takes over what channels there are, whenever they change, until the context ends.
func (d *dispatcher) follow(ctx context.Context, changed <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			changed = d.change(ctx)
		}
	}
}

// change takes over the channels as they are now, and returns what closes when they change again. One goroutine at a
// time calls it.
func (d *dispatcher) change(ctx context.Context) <-chan struct{} {
	all, changed := d.config.Channels.Get()
	d.mu.Lock()
	accounts, endpoints := map[string]*account{}, map[string]*endpoint{}
	for _, c := range all {
		a := accounts[c.Account]
		if a == nil {
			// a new account begins with its whole budget
			if a = d.accounts[c.Account]; a == nil {
				a = &account{limiter: limiterOf(d.config.PerAccount)}
			}
			accounts[c.Account] = a
		}
		endpoints[c.ID] = &endpoint{c, a}
		d.find(c.ID)
	}
	d.accounts = accounts
	// senders that have no endpoint any more belong to no account, but have to hear that
	shared := map[*account][]*sender{}
	senders := make([]*sender, 0, len(d.senders))
	for channel, s := range d.senders {
		senders = append(senders, s)
		if e := endpoints[channel]; e != nil {
			shared[e.account] = append(shared[e.account], s)
		}
	}
	d.mu.Unlock()
	for a, senders := range shared {
		a.share(senders)
	}
	for _, s := range senders {
		s.change(ctx, endpoints[s.channel])
	}
	return changed
}

// sender is a channel's, with or without an endpoint.
func (d *dispatcher) sender(channel string) *sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.find(channel)
}

// find is sender with the lock held. It makes the sender of a channel that has none yet.
func (d *dispatcher) find(channel string) *sender {
	s := d.senders[channel]
	if s == nil {
		s = newSender(d.bus, d.config, d.finished, d.kept, channel)
		d.senders[channel] = s
	}
	return s
}

// send sends one channel's messages while this process owns it and there are any. [shard.Group.Own] calls it, once at
// a time for each channel. It returns nil when the channel is idle or was given up, and the errors of
// [consume.Queue.Run].
func (d *dispatcher) send(ctx context.Context, l *shard.Lease) error {
	s := d.sender(d.channelOf(l.Filter()))
	// before the first message: a channel that was paused or suspended must not begin by sending
	select {
	case <-d.pausesKnown:
	case <-ctx.Done():
		return nil
	}
	if err := s.loadState(ctx); err != nil {
		return err
	}
	q := &consume.Queue{
		Bus: d.bus, Lease: l, Stream: topology.Egress(d.config.Far).Name, Lanes: lanes.Options{Concurrency: d.config.Concurrency},
		Finished:  s.finished.has,
		Work:      s.work,
		Opened:    s.resumeWait,
		IdleAfter: d.config.IdleAfter,
	}
	s.own(l, q)
	d.live.Listen(topology.LaneSubject(d.config.Far, s.channel))
	defer d.live.Leave(topology.LaneSubject(d.config.Far, s.channel))
	if err := s.run(ctx, q); err != nil || ctx.Err() != nil {
		return err
	}
	// the channel was idle: it is given up, unless something came in the last moment
	named := shardOf(d.config.Far, s.channel)
	d.activation.Idle(named.Name)
	// what was stored before the line above was notified of in vain
	if first, err := q.First(ctx); err != nil || first > 0 {
		d.activation.Want(named)
	}
	return nil
}

// run works on the queue, and tells how the channel stands meanwhile.
func (s *sender) run(ctx context.Context, q *consume.Queue) error {
	telling, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { s.tellStanding(telling) })
	defer beside.Wait()
	defer stop()
	return q.Run(ctx)
}

// reconcileEvery is how often the channels that have messages are looked for. A channel whose notification was lost
// is found after so long at most.
const reconcileEvery = 5 * time.Second

// reconcile finds the channels that have messages, since nobody relies on being notified; those that were removed
// too. It looks every five seconds. When a member of the group came or went it looks at once: what a dead member was
// sending is asked for by nobody else.
func (d *dispatcher) reconcile(ctx context.Context) {
	d.adopt(ctx)
	for {
		if err := d.look(ctx); err != nil && ctx.Err() == nil {
			d.bus.Logger().Debug("channels with messages not listed", "far", d.config.Far, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.looking:
			d.adopt(ctx)
		case <-time.After(reconcileEvery):
		}
	}
}

// look wants every channel that the stream holds something of. It costs the broker a walk over the subjects that hold
// something: idle channels cost nothing.
func (d *dispatcher) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	subjects, err := d.bus.Subjects(ctx, topology.Egress(d.config.Far).Name, topology.EgressSubject(d.config.Far, "*"))
	for subject := range subjects {
		_, channel := topology.PlaceOf(subject)
		d.want(channel)
	}
	return err
}

// adopt wants the channels whose record names another instance as their owner. A process that died leaves its
// consumer behind, which costs the broker memory until the channel has an owner who deletes it.
func (d *dispatcher) adopt(ctx context.Context) {
	owners, err := d.group.Owners(ctx, shardOf(d.config.Far, "").Name)
	if err != nil && ctx.Err() == nil {
		d.bus.Logger().Debug("shards left behind not listed", "far", d.config.Far, "err", err)
	}
	for name, owner := range owners {
		if owner != d.group.Instance() {
			d.want(strings.TrimPrefix(name, shardOf(d.config.Far, "").Name))
		}
	}
}
