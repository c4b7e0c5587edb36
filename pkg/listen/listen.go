// Package listen receives from networks that make no calls: Puente polls them, or holds a connection to them. One process of a service
// at a time listens to a channel. It is the process that sends for the channel too, since some networks send and receive over one
// connection.
//
// It decides who listens, with which credentials, from which position on, and how soon after an error. It does not store what was
// received: [Config.Listen] does.
package listen

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// Config says what is listened to. All fields are required, and must not be changed while [Config.Run] runs.
type Config struct {
	// Far is the network.
	Far string
	// Channels are the channels of the network; those that set Listen are listened to. They may change meanwhile. When a channel's
	// credentials change, listening ends and begins anew.
	Channels *delivery.Channels
	// Listen listens to one channel until its context ends. It has to store what it received before it moves the cursor: the other way
	// round a crash in between would lose it. When it returns it is called again, after a pause of 0.1 s, which grows up to a minute
	// while Listen returns errors without having moved the cursor. After [bus.ErrNoRoom] the pause ends when the stream of the network's
	// calls has room again. There is one call at a time for each channel, and many at once for different channels.
	//
	// Its context ends when the service stops, when the channel goes to another process, and when the credentials change. Then it should
	// return soon; its error does not count, except for [shard.ErrLost].
	Listen func(ctx context.Context, channel string, c *Cursor) error
}

// Cursor is the position up to which a channel was received, in a form that only its network understands. It is stored in the channel's
// lease, so that it outlives the process and goes to the next one. It is safe for concurrent use. Do not use it after Listen has
// returned.
type Cursor struct{ lease *shard.Lease }

// Position is the stored position; "" if none was stored yet. It makes no request.
func (c *Cursor) Position() string { return c.lease.Record().Cursor }

// Move stores a new position, which may be an earlier one: some networks begin to count anew. It returns once that is stored. After an
// error the position may be the old or the new one; with [shard.ErrLost] another process listens now. So what was received since may be
// received again, and storing it again must do no harm.
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

// Run listens until the context ends, and then waits until every call of Listen has returned. It fails with [shard.ErrLost] only if two
// processes both run as the only one of their service; after any other error Listen is called again.
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
		l.pause(ctx, wait, err)
		wait = min(2*wait, lastPause)
	}
	return nil
}

const (
	// roomBelow is how full the stream of calls may be, as a share of its room, where a channel that found none is listened to again.
	roomBelow = 0.9
	// roomLook is how often that is looked at. All channels of a process share the answer.
	roomLook = time.Second
)

// pause waits between two calls of Listen. One that failed for want of room is called again as soon as there is some, and not all the
// time before: networks allow few new connections.
func (l *listener) pause(ctx context.Context, wait time.Duration, err error) {
	calls := topology.Webhooks(l.Far).Name
	over := time.After(wait)
	var look <-chan time.Time
	if errors.Is(err, bus.ErrNoRoom) && l.bus.Full(ctx, calls, roomBelow) {
		ticker := time.NewTicker(roomLook)
		defer ticker.Stop()
		look = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-look:
			if !l.bus.Full(ctx, calls, roomBelow) {
				return
			}
		}
	}
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
