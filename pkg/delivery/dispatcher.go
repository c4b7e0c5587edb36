package delivery

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/account"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/internal/holdstore"
	"github.com/bonychat/puente/pkg/delivery/internal/live"
	"github.com/bonychat/puente/pkg/delivery/internal/outcomes"
	"github.com/bonychat/puente/pkg/delivery/internal/standing"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/topology"
)

// dispatcher is all that is sent to one destination: its channels, the partitions that this process owns, and what channels
// with one credential share. There is one for each call of [Config.Run]. It is safe for concurrent use.
type dispatcher struct {
	bus    *bus.Bus
	config *Config
	// activation is the partitions of EGRESS_*, which are always to be owned.
	activation *shard.Activation
	// pauses are those of operators, suspensions those that are stored.
	pauses      *holdstore.Pauses
	suspensions holdstore.Suspensions
	// live answers what is asked about the channels that this process works on, and standings tells of those that are held.
	live      *rpc.Responder
	standings *standing.Teller
	// finished is shared by all channels: it remembers what was concluded last, whichever lease it was under.
	finished *outcomes.Finished
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
	accounts map[string]*account.Account
	senders  map[string]*sender
}

// newDispatcher makes a dispatcher that knows no channels yet and owns nothing.
func newDispatcher(b *bus.Bus, c *Config) *dispatcher {
	d := &dispatcher{
		bus: b, config: c, finished: outcomes.NewFinished(), suspensions: holdstore.Suspensions{Bus: b, Far: c.Far},
		owned: map[string]*shard.Lease{}, accounts: map[string]*account.Account{}, senders: map[string]*sender{},
	}
	stream := topology.Egress(c.Far)
	d.activation = shard.Always(stream.Name+"-", topology.PartitionsOf(stream))
	d.activation.Group = func(s shard.Shard) string { return c.Channels.group(s.Name) }
	d.activation.Spread = func() []string { return c.Channels.Groups(c.Far) }
	d.activation.Grace = c.grace()
	d.live = &rpc.Responder{Bus: b, Answer: d.answer}
	d.standings = standing.New(b, c.Far, d)
	d.pauses = holdstore.NewPauses(b, c.Far, d.paused, func(channel string) bool { return d.LeaseOf(channel) != nil })
	return d
}

// send sends the messages of one partition while this process owns it. [shard.Group.Own] calls it, once at a time for each
// partition. It returns the errors of [consume.Feed.Run].
func (d *dispatcher) send(ctx context.Context, l *shard.Lease) error {
	// before the first message: a channel that was paused or suspended must not begin by sending
	select {
	case <-d.pauses.Known():
	case <-ctx.Done():
		return nil
	}
	if err := d.takeOver(ctx, partitionOf(l)); err != nil || ctx.Err() != nil {
		return err
	}
	d.own(l)
	defer d.disown(l)
	d.judge(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	telling, stop := context.WithCancel(ctx)
	defer stop()
	for _, s := range d.all() {
		if held := s.standing(); !held.Why.IsZero() && topology.EgressPartition(d.config.Far, s.channel) == partitionOf(l) {
			d.standings.Ask(s.channel)
		}
	}
	beside.Go(func() { d.standings.Acquired(telling, partitionOf(l)) })
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
		Lanes: lanes.Options{Concurrency: atOnce}, Work: s.work, Finished: s.finished.Has,
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

// takeOver has the senders of a partition's channels know what is stored of suspensions. It waits until the broker has answered: to
// send without knowing could burn the credentials. It returns nil when it is stopped, and [bus.ErrClosed] where there will be no
// connection any more.
func (d *dispatcher) takeOver(ctx context.Context, partition string) error {
	found, err := d.suspensions.Of(ctx, partition)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	// another process may have resumed what this one once suspended
	for _, s := range d.all() {
		if _, still := found[s.channel]; !still && topology.EgressPartition(d.config.Far, s.channel) == partition {
			s.mu.Lock()
			s.gate.Resume(time.Now())
			s.mu.Unlock()
		}
	}
	for channel, one := range found {
		s := d.hold(channel)
		s.suspendedBefore(ctx, one)
		d.release(s)
	}
	return nil
}

// paused has a channel's sender know that an operator has paused it, or with nil that it is paused no longer.
func (d *dispatcher) paused(channel string, p *directory.Pause) {
	s := d.hold(channel)
	defer d.release(s)
	s.pauseBy(p)
}

// own and disown note whose partition it is. Who had it before may have sent a moment ago all that the accounts of its channels take:
// they begin with nothing.
func (d *dispatcher) own(l *shard.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owned[partitionOf(l)] = l
	if !sentBefore(l) {
		return
	}
	for id, c := range d.channels {
		if a := d.accounts[c.Account]; a != nil && topology.EgressPartition(d.config.Far, id) == partitionOf(l) {
			a.Spend(time.Now())
		}
	}
}

// sentBefore says that a partition was sent from before this process took it.
func sentBefore(l *shard.Lease) bool { return l.Inherited() || l.Record().Position > 0 }

// takenOver is when this process last took a partition that was sent from before, the zero time for never. The lock is held.
func (d *dispatcher) takenOver() (last time.Time) {
	for _, l := range d.owned {
		if sentBefore(l) && l.Taken().After(last) {
			last = l.Taken()
		}
	}
	return last
}

func (d *dispatcher) disown(l *shard.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.owned, partitionOf(l))
}

// partitionOf is the name of the partition that a lease is for.
func partitionOf(l *shard.Lease) string { return l.Shard().Name }

// LeaseOf is the lease of the partition that a channel is in, nil where another process has it.
func (d *dispatcher) LeaseOf(channel string) *shard.Lease {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owned[topology.EgressPartition(d.config.Far, channel)]
}

// Standing is how a channel is held by a pause or a suspension, and its network, "" where that is not known.
func (d *dispatcher) Standing(channel string) (held gate.Hold, network string) {
	s := d.hold(channel)
	defer d.release(s)
	network = d.config.Far
	if network == topology.Platform {
		network = ""
		if w := s.now(); w != nil {
			network = w.Network
		}
	}
	return s.standing(), network
}

// answerWithin bounds the reading of an answer.
const answerWithin = 2 * time.Second

// answer answers a question about a channel. It returns [rpc.ErrNobody] where this process does not work on the channel at this
// moment: another one may.
func (d *dispatcher) answer(ctx context.Context, subject string, question []byte) (proto.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	ids, err := live.Ids(question)
	if err != nil {
		return nil, err
	}
	_, channel := topology.PlaceOf(subject)
	d.mu.Lock()
	s := d.senders[channel]
	d.mu.Unlock()
	if s == nil {
		return nil, rpc.ErrNobody
	}
	stands, works := s.snapshot()
	if !works {
		return nil, rpc.ErrNobody
	}
	return stands.Answer(ctx, ids), nil
}

// observe tells how much waits in the channels that this process sends for, and why.
func (d *dispatcher) observe(o meter.Observer) {
	var f live.Figures
	for _, s := range d.all() {
		if now := s.current(); now != nil {
			f.Add(now, s.state())
		}
	}
	f.Tell(o, d.config.Far)
}
