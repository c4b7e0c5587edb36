package delivery

import (
	"context"
	"sync"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// dispatcher is all that is sent to one destination: its channels, the partitions that this process owns, and what channels
// with one credential share. There is one for each call of [Config.Run]. It is safe for concurrent use.
type dispatcher struct {
	bus    *bus.Bus
	config *Config
	// activation is the partitions of EGRESS_*, which are always to be owned.
	activation *shard.Activation
	// pausesKnown is closed when the pauses that are there have been taken over, and repaused says that one has changed.
	pausesKnown chan struct{}
	repaused    chan struct{}
	// live answers what is asked about the channels that this process works on, and standings tells of those that are held.
	live      *rpc.Responder
	standings *standings
	// finished is shared by all channels: it remembers what was concluded last, whichever lease it was under.
	finished *finished
	// kept keeps what was taken; nil where nobody asks for it.
	kept *sent.Keeper

	// mu guards what follows. It is never held while the broker is asked. A sender's or an account's lock may be taken under it, and
	// not the other way round.
	mu sync.Mutex
	// owned are the leases of the partitions that this process owns, by the partition's name.
	owned map[string]*shard.Lease
	// channels are those that there are now, by their ids, and rates those of the accounts that have one of their own.
	channels map[string]*Channel
	rates    map[string]result.Rate
	// accounts are those of the senders, by [Channel.Account], and senders are by channel; also those without an endpoint that still
	// have messages. Both are made when somebody needs them and kept as long as they know anything: see [dispatcher.forgetIdle]. Of a
	// channel where nothing happens there is neither.
	accounts map[string]*account
	senders  map[string]*sender
}

// newDispatcher makes a dispatcher that knows no channels yet and owns nothing.
func newDispatcher(b *bus.Bus, c *Config) *dispatcher {
	d := &dispatcher{
		bus: b, config: c, finished: newFinished(), pausesKnown: make(chan struct{}), repaused: make(chan struct{}, 1),
		owned: map[string]*shard.Lease{}, accounts: map[string]*account{}, senders: map[string]*sender{},
	}
	stream := topology.Egress(c.Far)
	d.activation = shard.Always(stream.Name+"-", topology.PartitionsOf(stream))
	d.activation.Group = func(s shard.Shard) string { return c.Channels.group(s.Name) }
	d.activation.Spread = func() []string { return c.Channels.Groups(c.Far) }
	d.activation.Grace = c.grace()
	d.live = &rpc.Responder{Bus: b, Answer: d.answer}
	d.standings = &standings{dispatcher: d, woken: make(chan struct{}, 1), asked: map[string]bool{}, told: map[string]*toldStanding{}}
	return d
}

// leaseOf is the lease of the partition that a channel is in, nil where another process has it.
func (d *dispatcher) leaseOf(channel string) *shard.Lease {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owned[topology.EgressPartition(d.config.Far, channel)]
}

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
	channels := make(map[string]*Channel, len(all))
	for i := range all {
		channels[all[i].ID] = &all[i]
	}
	endpoints, shared := map[*sender]*endpoint{}, map[*account][]*sender{}
	d.mu.Lock()
	var added []string
	for id := range channels {
		if d.channels != nil && d.channels[id] == nil {
			added = append(added, id)
		}
	}
	d.channels, d.rates = channels, ratesOf(all, d.config.PerAccount)
	// one that stays keeps its limiter, so that a change of the channels does not refill its budget
	stay := map[string]*account{}
	for i := range all {
		if a := d.accounts[all[i].Account]; a != nil {
			stay[all[i].Account] = a
		}
	}
	d.accounts = stay
	for channel, s := range d.senders {
		e := d.endpointOf(channel)
		if endpoints[s] = e; e != nil {
			shared[e.account] = append(shared[e.account], s)
		}
	}
	for name, a := range d.accounts {
		a.allow(d.rateOf(name))
		a.share(shared[a])
	}
	d.mu.Unlock()
	for s, e := range endpoints {
		s.change(ctx, e) // also where it has none any more: it has to hear that
	}
	d.standings.ask(added...) // whose network was not known was not told of
	return changed
}

// hold is a channel's sender, with or without an endpoint; it is made where there is none. It stays until the caller calls release:
// what is noted in it meanwhile is kept.
func (d *dispatcher) hold(channel string) *sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.senders[channel]
	if s == nil {
		s = newSender(d.bus, d.config, d.finished, d.kept, channel)
		s.dispatcher = d
		d.senders[channel] = s
		if s.endpoint = d.endpointOf(channel); s.endpoint != nil {
			s.await(s.endpoint.account.join(s))
		}
	}
	s.users++
	return s
}

// release ends what hold began.
func (d *dispatcher) release(s *sender) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.users--
}

// endpointOf is how a channel is sent to now, nil where it is not configured. The lock is held.
func (d *dispatcher) endpointOf(channel string) *endpoint {
	c := d.channels[channel]
	if c == nil {
		return nil
	}
	a := d.accounts[c.Account]
	if a == nil { // it begins with its whole budget, of which nobody has taken any
		a = newAccount(d.rateOf(c.Account))
		d.accounts[c.Account] = a
	}
	return &endpoint{c, a}
}

// rateOf is how much an account takes. The lock is held.
func (d *dispatcher) rateOf(account string) result.Rate {
	if r, own := d.rates[account]; own {
		return r
	}
	return d.config.PerAccount
}

// ratesOf are the rates of the accounts of which a channel has one of its own: the narrowest of its channels' counts, where usual is
// that of a channel without.
func ratesOf(all []Channel, usual result.Rate) map[string]result.Rate {
	rates := map[string]result.Rate{}
	for i := range all {
		if all[i].AccountRate.Sends > 0 {
			rates[all[i].Account] = result.Rate{}
		}
	}
	if len(rates) == 0 {
		return nil
	}
	for i := range all {
		r, own := rates[all[i].Account]
		if !own {
			continue
		}
		is := all[i].AccountRate
		if is.Sends == 0 {
			is = usual
		}
		if r.Sends == 0 || narrower(is, r) {
			rates[all[i].Account] = is
		}
	}
	return rates
}

// all are the senders that there are.
func (d *dispatcher) all() []*sender {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*sender, 0, len(d.senders))
	for _, s := range d.senders {
		all = append(all, s)
	}
	return all
}

// send sends the messages of one partition while this process owns it. [shard.Group.Own] calls it, once at a time for each
// partition. It returns the errors of [consume.Feed.Run].
func (d *dispatcher) send(ctx context.Context, l *shard.Lease) error {
	// before the first message: a channel that was paused or suspended must not begin by sending
	select {
	case <-d.pausesKnown:
	case <-ctx.Done():
		return nil
	}
	if err := d.loadSuspensions(ctx, l); err != nil || ctx.Err() != nil {
		return err
	}
	d.own(l)
	defer d.disown(l)
	var beside sync.WaitGroup
	defer beside.Wait()
	telling, stop := context.WithCancel(ctx)
	defer stop()
	beside.Go(func() { d.standings.acquired(telling, l) })
	return consume.Feed{
		Bus: d.bus, Lease: l, Stream: topology.Egress(d.config.Far).Name, IdleAfter: d.config.IdleAfter, Key: channelOf,
		Open: func(channel string) consume.Options { return d.open(l, channel) },
	}.Run(ctx)
}

// channelOf is the channel of a subject of EGRESS_*.
func channelOf(subject string) string {
	_, channel := topology.PlaceOf(subject)
	return channel
}

// open says how a channel's queue is worked on.
func (d *dispatcher) open(l *shard.Lease, channel string) consume.Options {
	s := d.hold(channel) // until the queue is closed
	s.mu.Lock()
	atOnce := s.atOnce()
	s.mu.Unlock()
	return consume.Options{
		Lanes: lanes.Options{Concurrency: atOnce}, Work: s.work, Finished: s.finished.has,
		Opened: func(q *consume.Queue) {
			s.own(l, q)
			s.resumeWait(q)
			d.live.Listen(topology.LaneSubject(d.config.Far, channel))
		},
		Closed: func(q *consume.Queue) {
			defer d.release(s)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.queue != q {
				return // there is another one already
			}
			s.queue = nil
			d.live.Leave(topology.LaneSubject(d.config.Far, channel))
		},
	}
}

// own and disown note whose partition it is.
func (d *dispatcher) own(l *shard.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owned[partitionOf(l)] = l
}

func (d *dispatcher) disown(l *shard.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.owned, partitionOf(l))
}

// partitionOf is the name of the partition that a lease is for.
func partitionOf(l *shard.Lease) string { return l.Shard().Name }
