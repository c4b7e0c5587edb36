package delivery

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/shard"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Config is how a service sends what waits on EGRESS_<far>. Far, Channels, Validity, SendTimeout and Concurrency are
// required; what has a default has it where the field is zero. It is not changed while it runs.
type Config struct {
	// Far is the destination: the network, or [topology.Platform].
	Far string
	// Channels are sent to; they may change while it runs.
	Channels *Channels
	// Exists says whether a channel that is not among Channels is still configured, as of now: its configuration can be
	// late. Messages of a channel that is gone end in the dead letters. nil means that such a channel does not exist.
	Exists func(ctx context.Context, channel string) (bool, error)
	// RemovedAfter is how long a channel has to be gone before its messages end; default 1 minute. A configuration
	// that is read late, or written in two steps, must not cost messages.
	RemovedAfter time.Duration
	// IdleAfter is how long a channel without messages is kept in memory as one that is worked on, and how often it is looked which
	// channels nothing is known of any more; default 1 minute.
	IdleAfter time.Duration
	// StopGrace is the longest that a send may go on after a stop; default 65 s. A send gets what SendTimeout says and
	// 5 s to store its outcome, up to that.
	StopGrace time.Duration
	// Validity is how long a message is tried, counted from its acceptance. Then it ends as expired.
	Validity time.Duration
	// SendTimeout bounds one send. It is also how long a probe may take that others wait for, and how long after a
	// takeover an owner before may still be sending.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once, at most: see [lanes.Options].
	Concurrency int
	// RefusedAlone is how long a message is tried whose credential the destination refuses while it takes others with
	// the same; default 2 minutes. Such an answer is about the message, not about the credential.
	RefusedAlone time.Duration
	// FailedAlone is how long a message is tried that fails at a destination which takes others; default 1 hour.
	FailedAlone time.Duration
	// Keep says that what was taken is kept for a while ([topology.Sent]): the destination may tell later that it failed.
	Keep bool
	// PerAccount, PerChannel and PerContact bound the sends, tries that fail too; the zero value does not. Each is
	// exact in one process, and a restart begins with a full one. A message waits for the one that takes longest.
	PerAccount, PerChannel, PerContact result.Rate
}

// Channel is how one channel is sent to. It is a value: to change one, give all of them to [Channels.Set].
type Channel struct {
	// Network is the channel's network, also where the destination is the platform.
	Network string
	// ID names the channel, uniquely among those of the destination: it is a token of the subjects on which its
	// messages wait.
	ID string
	// Account is the same for channels that share a credential: they share the budget and the account's waits. It must
	// not be the credential itself.
	Account string
	// Together says that one process has to have all of the account: it has a rate of its own, which is exact only so, or its
	// channels may share a connection. Then the partitions of its channels have one owner.
	Together bool
	// AccountRate is how much the account takes, in place of [Config].PerAccount; the zero value leaves that. Of several
	// channels of one account the narrowest counts.
	AccountRate result.Rate
	// Concurrency is how many contacts of the channel are sent to at once, in place of [Config].Concurrency; 0 leaves that. A
	// change counts from when the channel's queue has been empty.
	Concurrency int
	// Credentials changes when the credentials do: a channel suspended with others starts again. A digest.
	Credentials string
	// Listen says that the channel is to be listened to (pkg/listen): its destination makes no calls. The delivery
	// itself does not look at it.
	Listen bool
	// Keyed says that the destination drops a repeat of a send by itself: what may have been taken is sent again
	// without harm.
	Keyed bool
	// Hold says that what may have been taken is never sent again: it ends in the dead letters, and the agent is
	// told. Each send costs one more write, its intent. It has no effect with Keyed.
	Hold bool
	// Receipt is the digest under which the destination's receipts of an event are stored
	// ([topology.ReceiptSubject]), where it hands our id back with them; nil where it does not.
	Receipt func(e *eventv1.Event) string
	// Send sends one event and returns the destination's id for it, "" where it gives none. It is called by many
	// goroutines at once, for one event of a lane ([consume.Lane]) at a time. Its context ends after SendTimeout,
	// when the grace of a stop is over, or when another process has the channel. It does not retry and does not wait
	// by itself: it says what became of the try, and the delivery decides what follows.
	Send func(ctx context.Context, e *eventv1.Event) (ref string, v result.Result)
}

// message is an entry of the queue with what is remembered of it between its tries. The entry belongs to a queue,
// the history to the sender.
type message struct {
	*consume.Entry
	*history
}

// Run sends until the context ends; then it waits for what is being sent and records its outcome, for as long as
// StopGrace says. The processes of a service share the channels; those of one account have one owner.
//
// It returns what [shard.Group.Own] does: nil after a stop, and [bus.ErrClosed] where there will be no connection any
// more. What becomes of a message is never an error of Run.
func (c Config) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	c.RemovedAfter = cmp.Or(c.RemovedAfter, time.Minute)
	c.IdleAfter = cmp.Or(c.IdleAfter, time.Minute)
	c.RefusedAlone = cmp.Or(c.RefusedAlone, 2*time.Minute)
	c.FailedAlone = cmp.Or(c.FailedAlone, time.Hour)
	c.StopGrace = cmp.Or(c.StopGrace, 65*time.Second)
	d := newDispatcher(b, &c)
	if c.Keep {
		d.kept = sent.Keep(b, c.Far)
		defer d.kept.Close()
	}
	// the channels are known before anything is owned: without them it would look as if all had been removed
	changed := d.change(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beside.Go(func() { d.follow(ctx, changed) })
	beside.Go(func() { d.standings.run(ctx) })
	beside.Go(func() { d.followPauses(ctx) })
	beside.Go(func() { d.endPauses(ctx) })
	beside.Go(func() { d.forgetIdle(ctx) })
	beside.Go(func() { _ = d.live.Run(ctx) })
	defer b.Meter().Observe(d.observe)()
	return g.Own(ctx, d.activation, d.send)
}

// toStore is the time that a send has, after its answer, to store its outcome.
const toStore = 5 * time.Second

// shortestGrace is how long what runs may go on after a stop at least, also where sends are short: an election of the
// broker takes 4 to 9 seconds, and no outcome is stored meanwhile.
const shortestGrace = 9 * time.Second

// grace is how long sends may go on after a stop: one that is cut off may have been taken, and is sent again. It is
// the longest that a send takes, and time to store its outcome, as far as the process is given that much.
func (c *Config) grace() time.Duration {
	return min(max(c.SendTimeout+toStore, shortestGrace), c.StopGrace)
}
