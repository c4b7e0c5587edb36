// Package listen is how a service hears from a destination that makes no calls: one that is polled, or that holds a
// socket. Each channel is listened to by one process of the service, the one that sends for it too: a network whose
// sends go over the socket that it hears by needs both in one place.
//
// What was heard is not its concern: [Config.Listen] stores it. This package says who listens, with which
// credentials, from where on, and how soon again.
package listen

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/shard"
)

// Config is what is listened to. All fields are required; they are not changed while it runs.
type Config struct {
	// Far is the network.
	Far string
	// Channels are those of the network; those that set Listen are listened to. They may change meanwhile: with other
	// credentials a channel is listened to anew.
	Channels *delivery.Channels
	// Listen hears from one channel until its context ends. What it has heard it stores first, and moves the cursor
	// then: the other way round a crash in between would lose it. It is called again when it returns, after a pause:
	// 0.1 s, and growing up to a minute where it returned an error and had not moved the cursor. One call at a time
	// for each channel, many at once for different ones.
	//
	// Its context ends when the service stops, when the channel goes to another process, and when its credentials
	// change. It should return soon then; what it returns does not count, except for [shard.ErrLost].
	Listen func(ctx context.Context, channel string, c *Cursor) error
}

// Cursor is how far a channel was heard, in the network's own words. It stands in the lease record of the channel, so
// that it outlives the process and goes to the next owner. It is safe for concurrent use, and of no use after Listen
// has returned.
type Cursor struct{ lease *shard.Lease }

// Position is where it stands, "" at the very beginning. It costs no request.
func (c *Cursor) Position() string { return c.lease.Record().Cursor }

// Move moves it, back too: a network may number anew. It returns when that is stored. An error means that it stands
// where it was, that another process listens now ([shard.ErrLost]), or that the answer of the broker was lost: what
// was heard since may be heard again, so what is stored of it has to bear a repeat.
func (c *Cursor) Move(ctx context.Context, to string) error {
	// another process may listen by now, and its cursor must not be moved
	if !c.lease.Valid() {
		return errors.New("the lease has lapsed")
	}
	return c.lease.Update(ctx, func(r *shard.Record) { r.Cursor = to })
}

// shardOf is the shard of a channel; its filter is the channel, since no stream is read.
func shardOf(far, channel string) shard.Shard {
	return shard.Shard{Name: "LISTEN_" + far + "-" + channel, Filter: channel}
}

// Run listens until the context ends, and waits until every call of Listen has returned. It fails with
// [shard.ErrLost] only where two processes believe to be the only one; after any other error Listen is called again.
func (c Config) Run(ctx context.Context, b *bus.Bus, g *shard.Group) error {
	l := &listener{Config: c, bus: b, activation: shard.Always(shardOf(c.Far, "").Name, nil)}
	// a channel belongs to the process that sends for it
	l.activation.Group = func(s shard.Shard) string { return c.Channels.GroupOf(c.Far, s.Filter) }
	l.activation.Spread = func() []string { return c.Channels.Groups(c.Far) }
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changed := l.change()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-changed:
				changed = l.change()
			}
		}
	}()
	// nothing of this call runs any more when it returns
	defer func() { cancel(); <-done }()
	return g.Own(ctx, l.activation, l.hear)
}

// listener is the channels that are listened to. It is safe for concurrent use: it only reads the channels.
type listener struct {
	Config
	bus        *bus.Bus
	activation *shard.Activation
}

// change takes over what is to be listened to now, and returns what closes when the channels change again.
func (l *listener) change() <-chan struct{} {
	all, changed := l.Channels.Get()
	var shards []shard.Shard
	for _, c := range all {
		if c.Listen {
			shards = append(shards, shardOf(l.Far, c.ID))
		}
	}
	l.activation.Only(shards)
	return changed
}

// channel is a channel as it is configured now; it is not to be listened to where listen is false. The channel that
// it returns closes when the configuration changes.
func (l *listener) channel(id string) (delivery.Channel, bool, <-chan struct{}) {
	all, changed := l.Channels.Get()
	for _, c := range all {
		if c.ID == id {
			return c, c.Listen, changed
		}
	}
	return delivery.Channel{}, false, changed
}

// Pauses between calls of Listen.
const firstPause, lastPause = 100 * time.Millisecond, time.Minute

// hear listens to one channel while this process owns it: session after session, until it is no longer to be listened
// to.
func (l *listener) hear(ctx context.Context, lease *shard.Lease) error {
	cursor, wait := &Cursor{lease}, firstPause
	for ctx.Err() == nil {
		channel, listen, _ := l.channel(lease.Filter())
		if !listen {
			return nil
		}
		began, heard := time.Now(), cursor.Position()
		err := l.session(ctx, cursor, channel)
		// another process listens now; to call Listen again would have two of them
		if errors.Is(err, shard.ErrLost) {
			return err
		}
		// it went well for a while, or heard something: the next failure is a new one
		if err == nil || time.Since(began) > lastPause || cursor.Position() != heard {
			wait = firstPause
		}
		if err != nil && ctx.Err() == nil {
			l.bus.Logger().Warn("not listening, will be tried again", "far", l.Far, "channel", channel.ID, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, lastPause)
	}
	return nil
}

// session listens with these credentials, for as long as they count. It returns nil where it was told to end, and
// else why Listen returned.
func (l *listener) session(ctx context.Context, cursor *Cursor, with delivery.Channel) error {
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		defer stop()
		for {
			now, listen, changed := l.channel(with.ID)
			if !listen || now.Credentials != with.Credentials {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
		}
	}()
	defer func() { stop(); <-watched }()
	err := l.Listen(ctx, with.ID, cursor)
	if ctx.Err() != nil && !errors.Is(err, shard.ErrLost) {
		return nil // it was told to end
	}
	return err
}
