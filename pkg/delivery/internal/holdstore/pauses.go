// Package holdstore brings to a sender what is stored of a channel's holds in the bucket CHANNELS, and keeps it there: the pauses of
// operators ([Pauses]), and suspensions, so that a restart with the same credentials does not begin by burning them again
// ([Suspensions]).
package holdstore

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
)

// Pauses follows the pauses of a destination's channels, and ends those whose time is over.
type Pauses struct {
	bus     *bus.Bus
	far     string
	changed func(channel string, p *directory.Pause)
	owns    func(channel string) bool
	// known is closed when the pauses that are there were told, and news says that one has changed. It holds one request.
	known chan struct{}
	news  chan struct{}

	// mu guards what follows. It is held while a change is told, so that changes of a channel are told in their order.
	mu  sync.Mutex
	all map[string]directory.Pause // that hold, by channel
}

// NewPauses is for the channels of a destination. changed is told of each pause that begins or is replaced, and with nil of each that
// has ended, by one goroutine at a time; it must not wait. owns says that this process sends for a channel: then it removes pauses
// that are over.
func NewPauses(b *bus.Bus, far string, changed func(channel string, p *directory.Pause), owns func(channel string) bool) *Pauses {
	return &Pauses{bus: b, far: far, changed: changed, owns: owns, known: make(chan struct{}), news: make(chan struct{}, 1), all: map[string]directory.Pause{}}
}

// Known is closed once all pauses that there are have been told.
func (p *Pauses) Known() <-chan struct{} { return p.known }

// Run follows the pauses until the context ends.
func (p *Pauses) Run(ctx context.Context) {
	var ending sync.WaitGroup
	defer ending.Wait()
	ending.Go(func() { p.endAll(ctx) })
	if err := directory.WatchPauses(ctx, p.bus, p.far, p.came, func() { close(p.known) }); err != nil {
		p.bus.Logger().Debug("pauses are not followed any more", "far", p.far, "err", err)
	}
}

// came takes over what an operator said of a channel. A pause that is over, and was not removed, is none.
func (p *Pauses) came(channel string, one *directory.Pause) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if one != nil && !one.Holds(time.Now()) {
		one = nil
	}
	delete(p.all, channel)
	if one != nil {
		p.all[channel] = *one
	}
	p.changed(channel, one)
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// lookEvery is how often pauses are looked at that end by themselves, at least: the clock may be set meanwhile.
const lookEvery = time.Minute

// endAll ends the pauses whose time is over, until the context ends.
func (p *Pauses) endAll(ctx context.Context) {
	for ctx.Err() == nil {
		over, wait := p.over(time.Now())
		for _, one := range over {
			p.remove(ctx, one)
		}
		select {
		case <-ctx.Done():
		case <-p.news:
		case <-time.After(wait):
		}
	}
}

// over tells that the pauses whose time is over have ended, and returns them, and how long it is until the next ends.
func (p *Pauses) over(now time.Time) (over []directory.Pause, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait = lookEvery
	for channel, one := range p.all {
		switch {
		case !one.Holds(now):
			delete(p.all, channel)
			p.changed(channel, nil)
			over = append(over, one)
		case !one.Until.IsZero():
			wait = min(wait, one.Until.Sub(now))
		}
	}
	return over, wait
}

// remove tidies away a pause that is over, where this process sends for the channel. One that stays holds nobody.
func (p *Pauses) remove(ctx context.Context, one directory.Pause) {
	if !p.owns(one.Channel) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := directory.EndPause(ctx, p.bus, one); err != nil {
		p.bus.Logger().Debug("pause not removed", "channel", one.Channel, "err", err)
	}
}
