// Package delivery sends what waits for one destination, a network or the platform. Every message ends with one outcome
// under its key: sent, failed or expired.
//
//	err := delivery.Config{Far: "telegram", Channels: channels, Validity: 24 * time.Hour, …}.Run(ctx, b, group)
//
// The rule that makes a crash harmless: a final outcome is stored before the message leaves its stream, and before the contact's next
// message is sent. After a crash the outcome of every message that the dead process may have sent is looked up before it is sent again. So
// only a message whose send was under way at that moment can be sent twice.
//
// One message, in the order of the files: dispatcher.go gives what it reads of its partitions to the senders of the channels
// (senders.go, sender.go); preflight.go asks everything that has to be known before the message may be sent, last for how long it has
// to wait for the rates (package rates) and for a channel that is held (package gate); attempt.go sends it and decides what follows;
// outcome.go stores what became of it. uncertain.go is about sends whose answer was lost, refusal.go about credentials that are
// refused; package fault judges whose fault it is. message.go is what is remembered of a message between its tries, hold.go how
// a channel comes to be held and goes on.
//
// What is told meanwhile: package waits, why a message waits; package standing, that a channel is held or goes on; package live, the
// answer to whoever asks the process ([topology.LaneSubject]). The log has, at level info and above, one line for a message when it
// has its outcome, and one when it is first held up; of a destination that does not answer one when that begins and one when it
// ends. Each further try is told at level debug.
//
// It does not know networks: it calls [Channel.Send], and gets a [result.Result]. It is not its job to read streams (pkg/consume) or to
// decide which process sends for a channel (pkg/shard).
package delivery

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/shard"
)

// Config says how a service sends the messages of EGRESS_<far>. Far, Channels, Validity, SendTimeout and Concurrency are required. A zero
// field that has a default takes it. It must not be changed while it runs.
type Config struct {
	// Far is the destination: the network, or [topology.Platform].
	Far string
	// Channels are sent to; they may change while it runs.
	Channels *Channels
	// Exists says whether a channel that is not among Channels is configured now, since Channels may be late. Messages of a channel that
	// is not become dead letters. nil means that no other channel exists.
	Exists func(ctx context.Context, channel string) (bool, error)
	// RemovedAfter is how long a channel has to be missing before its messages become dead letters; default 1 minute. So a configuration
	// that is read late, or written in two steps, costs no messages.
	RemovedAfter time.Duration
	// IdleAfter is how long the queue of a channel without messages is kept in memory, and how often channels are looked for whose state
	// can be forgotten; default 1 minute.
	IdleAfter time.Duration
	// StopGrace is the longest time that a send may go on after a stop; default 65 s. Within it a send has SendTimeout, and 5 s to store
	// its outcome.
	StopGrace time.Duration
	// Validity is how long a message is tried, counted from its acceptance. Then it fails as expired.
	Validity time.Duration
	// SendTimeout bounds one send. It is also how long others wait for a probe, and how long the owner before may still be sending after
	// a takeover.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once, at most: see [lanes.Options].
	Concurrency int
	// RefusedAlone is how long a message is tried for which the destination refuses the credential while it takes others with the same
	// credential; default 2 minutes. Such an answer is about the message, and not about the credential.
	RefusedAlone time.Duration
	// FailedAlone is how long a message is tried that fails while the destination takes others; default 1 hour.
	FailedAlone time.Duration
	// Keep is set if the text of a sent message is to be kept for a while ([topology.Sent]), because the destination may report a failure
	// later.
	Keep bool
	// PerAccount, PerChannel and PerContact are rates of tries, failed ones too; the zero value is no limit. A message waits until all
	// three allow it. PerAccount holds also where its channels go from one process to another: who takes them over begins with nothing
	// of it; only what it sends before it has taken over all partitions of one account may come on top. The others are exact within one
	// process, and begin full after a restart.
	PerAccount, PerChannel, PerContact result.Rate
}

// Run sends until the context ends. Then it waits for the sends that are under way and stores their outcomes, for at most StopGrace. The
// processes of a service share the partitions, and so the channels.
//
// It returns what [shard.Group.Own] does: nil after a stop, and [bus.ErrClosed] if there will be no connection any more. What becomes of a
// message is never an error of Run.
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
	beside.Go(func() { d.standings.Run(ctx) })
	beside.Go(func() { d.pauses.Run(ctx) })
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
