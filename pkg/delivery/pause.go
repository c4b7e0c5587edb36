package delivery

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/directory"
)

// An operator may pause a channel ([directory.Pause]): nothing is sent on it until it is resumed, or the pause is over. What
// is on the wire ends as it does. What waits keeps its order and ends by nothing but its validity, the removal of its
// channel, or what was known of it before. A pause and a suspension do not know of each other: a channel goes on when there
// is neither.

// followPauses takes over the pauses of the destination until the context ends.
func (d *dispatcher) followPauses(ctx context.Context) {
	err := directory.WatchPauses(ctx, d.bus, d.config.Far, func(channel string, p *directory.Pause) {
		s := d.hold(channel)
		s.pauseBy(p)
		d.release(s)
		select {
		case d.repaused <- struct{}{}:
		default:
		}
	}, func() { close(d.pausesKnown) })
	if err != nil {
		d.bus.Logger().Debug("pauses are not followed any more", "far", d.config.Far, "err", err)
	}
}

// pauseLook is how often pauses are looked at that end by themselves, at least: the clock may be set meanwhile.
const pauseLook = time.Minute

// endPauses ends the pauses whose time is over, until the context ends.
func (d *dispatcher) endPauses(ctx context.Context) {
	for ctx.Err() == nil {
		wait := pauseLook
		for _, s := range d.all() {
			if left, ends := s.pauseEnds(ctx); ends {
				wait = min(wait, left)
			}
		}
		select {
		case <-ctx.Done():
		case <-d.repaused:
		case <-time.After(wait):
		}
	}
}

// pauseBy takes over what an operator said; nil ends a pause.
func (s *sender) pauseBy(p *directory.Pause) {
	if p != nil && !p.Holds(time.Now()) {
		p = nil
	}
	s.mu.Lock()
	was := s.paused
	s.paused = p
	if p == nil && was != nil {
		s.lifted()
	}
	s.mu.Unlock()
	log := s.bus.Logger().With("far", s.config.Far, "channel", s.channel)
	switch {
	case p != nil && was == nil:
		log.Info("channel paused", "by", p.By, "reason", p.Reason, "until", p.Until)
	case p == nil && was != nil:
		log.Info("channel is paused no longer")
		s.goOn()
	}
	s.stands()
}

// pauseEnds ends the pause where its time is over, and says how long is left of one that ends by itself.
func (s *sender) pauseEnds(ctx context.Context) (left time.Duration, ends bool) {
	s.mu.Lock()
	p := s.paused
	s.mu.Unlock()
	if p == nil || p.Until.IsZero() {
		return 0, false
	}
	if left = time.Until(p.Until); left > 0 {
		return left, true
	}
	s.pauseBy(nil)
	// whoever owns the channel tidies up; a pause that is over holds nobody, should it stay
	if s.dispatcher.leaseOf(s.channel) != nil {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := directory.EndPause(ctx, s.bus, *p); err != nil {
			s.bus.Logger().Debug("pause not removed", "channel", s.channel, "err", err)
		}
	}
	return 0, false
}

// lifted notes that a hold ends: places in the rates that passed meanwhile are taken anew. The lock under which the hold ends is
// held, so that no message sees the one without the other.
func (s *sender) lifted() { s.heldUntil = time.Now() }

// goOn lets the channel's messages go again after a hold: one at first, then twice as many with each that is taken, so that
// a destination that was in trouble is not asked by all at once.
func (s *sender) goOn() {
	if now := s.waits(); now != nil {
		now.Narrow()
		now.Wake()
	}
}
