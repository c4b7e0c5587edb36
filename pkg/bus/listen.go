package bus

import (
	"context"
	"errors"
	"time"
)

// Listening is how a service hears from a far end that makes no calls: one that is polled, or that holds a socket. Each
// channel is listened to by one process of the service, whatever its backlog.
type Listening struct {
	Far string
	// Routes are the channels; those that set Listen are listened to. They may change meanwhile: with other credentials a
	// channel is listened to anew.
	Routes *Routes
	// Listen hears from one channel until its context ends. What it has heard it stores first, and moves the cursor
	// then. It is called again when it returns, after a growing pause where it returned an error and had not moved the
	// cursor.
	Listen func(ctx context.Context, channel string, c *Cursor) error
}

// Cursor is how far a channel was heard, in the far end's own words. It outlives the process.
type Cursor struct{ unit *unit }

// Position is where it stands, "" at the very beginning.
func (c *Cursor) Position() string {
	c.unit.mu.Lock()
	defer c.unit.mu.Unlock()
	return c.unit.record.Cursor
}

// Move moves it. An error means that it stands where it was, or that another process listens now.
func (c *Cursor) Move(ctx context.Context, to string) error {
	if !c.unit.may() {
		return errors.New("the lease has lapsed")
	}
	return c.unit.change(ctx, func(r *unitRecord) { r.Cursor = to })
}

func listenUnit(far, channel string) Unit {
	return Unit{Name: "LISTEN_" + far + "-" + channel, Filter: channel}
}

// Listen listens until the context ends.
func (b *Bus) Listen(ctx context.Context, l Listening) error {
	e := &ears{bus: b, listening: &l, demand: onDemand(listenUnit(l.Far, "").Name)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changed := e.change()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-changed:
				changed = e.change()
			}
		}
	}()
	defer func() { cancel(); <-done }()
	return b.own(ctx, e.demand, e.hear)
}

// ears are the channels that are listened to.
type ears struct {
	bus       *Bus
	listening *Listening
	demand    *demand
}

// change takes over what is to be listened to now.
func (e *ears) change() <-chan struct{} {
	all, changed := e.listening.Routes.get()
	var units []Unit
	for _, r := range all {
		if r.Listen {
			units = append(units, listenUnit(e.listening.Far, r.Channel))
		}
	}
	e.demand.only(units)
	return changed
}

// credentials are a channel's; listen is false where it is not to be listened to.
func (e *ears) credentials(channel string) (credentials string, listen bool, changed <-chan struct{}) {
	all, changed := e.listening.Routes.get()
	for _, r := range all {
		if r.Channel == channel {
			return r.Credentials, r.Listen, changed
		}
	}
	return "", false, changed
}

// hear listens to one channel while this process owns it.
func (e *ears) hear(ctx context.Context, u *unit) error {
	wait := firstListenPause
	for ctx.Err() == nil {
		credentials, listen, _ := e.credentials(u.filter)
		if !listen {
			return nil
		}
		began, heard := time.Now(), (&Cursor{u}).Position()
		err := e.session(ctx, u, credentials)
		if errors.Is(err, errLost) {
			return err
		}
		if err == nil || time.Since(began) > lastListenPause || (&Cursor{u}).Position() != heard {
			wait = firstListenPause
		}
		if err != nil && ctx.Err() == nil {
			e.bus.log.Warn("not listening, will be tried again", "far", e.listening.Far, "channel", u.filter, "err", err)
		}
		_ = pause(ctx, wait)
		wait = min(2*wait, lastListenPause)
	}
	return nil
}

// Pauses between calls of Listen.
const firstListenPause, lastListenPause = 100 * time.Millisecond, time.Minute

// session listens with these credentials, for as long as they count.
func (e *ears) session(ctx context.Context, u *unit, credentials string) error {
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		defer stop()
		for {
			now, listen, changed := e.credentials(u.filter)
			if !listen || now != credentials {
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
	err := e.listening.Listen(ctx, u.filter, &Cursor{u})
	if ctx.Err() != nil && !errors.Is(err, errLost) {
		return nil // it was told to end
	}
	return err
}
