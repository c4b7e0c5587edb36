package delivery

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/internal/holdstore"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
)

// A channel is held, and nothing is sent on it, while an operator has paused it ([directory.Pause]), while its credential is refused,
// for as long as the destination asked to wait, and while it fails with everybody. What is on the wire ends as it does. What waits keeps its order and ends by
// nothing but its validity, the removal of its channel, or what was known of it before. These holds do not know of each other: a
// channel goes on when there is none.

// standing is how the channel is held by a pause or a suspension.
func (s *sender) standing() gate.Hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.Standing()
}

// pauseBy takes over what an operator said; nil ends a pause.
func (s *sender) pauseBy(p *directory.Pause) {
	var begins, ends bool
	s.mu.Lock()
	if p != nil {
		begins = s.gate.Pause(gate.Hold{Why: reason.Paused.Quoting(p.Reason), Since: p.Since, Until: p.Until})
	} else {
		ends = s.gate.Unpause(time.Now())
	}
	s.mu.Unlock()
	log := s.bus.Logger().With("far", s.config.Far, "channel", s.channel)
	switch {
	case begins:
		log.Info("channel paused", "by", p.By, "reason", p.Reason, "until", p.Until)
	case ends:
		log.Info("channel is paused no longer")
		s.goOn()
	}
	s.stands()
}

// goOn lets the channel's messages go again after a hold: one at first, then twice as many with each that is taken, so that
// a destination that was in trouble is not asked by all at once.
func (s *sender) goOn() {
	if now := s.current(); now != nil {
		now.Narrow()
		now.Wake()
	}
}

// HoldOff lets nothing start for a time, because the destination said so, under a later lease too; of two waits the one that ends
// later stands.
func (s *sender) HoldOff(d time.Duration, why reason.Reason) {
	now := time.Now()
	s.mu.Lock()
	s.gate.Tell(why, now, now.Add(d))
	s.mu.Unlock()
	if q := s.current(); q != nil && !s.inherited() {
		q.Pause(d)
	}
}

// lookUpTime is how long after a takeover a wait does not stop the queue: its heads are looked up meanwhile, and then wait one by one.
const lookUpTime = time.Minute

// inherited says that the channel was taken over so lately that its heads may have to be looked up.
func (s *sender) inherited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lease != nil && time.Since(s.lease.Taken()) < lookUpTime
}

// await takes over a wait that was told before the sender was made.
func (s *sender) await(told gate.Hold) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.Await(told)
}

// resumeWait gives a new queue the wait of the one before.
func (s *sender) resumeWait(now *consume.Queue) {
	if s.inherited() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if left := time.Until(s.gate.Told().Until); left > 0 {
		now.Pause(left)
	}
}

// suspensions are where those of the destination are stored.
func (s *sender) suspensions() holdstore.Suspensions {
	return holdstore.Suspensions{Bus: s.bus, Far: s.config.Far}
}

// suspendedBefore takes over the suspension of an earlier process; nil is one that could not be read, which holds nobody back. New
// credentials end it; with the same ones the destination is asked once, now.
func (s *sender) suspendedBefore(ctx context.Context, found *gate.Suspension) {
	// where there is no endpoint yet, the one that comes is held against the suspension by change
	w := s.now()
	if found == nil || w != nil && found.Credentials != w.Credentials {
		s.mu.Lock()
		s.gate.Resume(time.Now())
		s.mu.Unlock()
		s.bus.Logger().Info("channel resumed with new credentials", "far", s.config.Far, "channel", s.channel)
		if err := s.suspensions().Delete(ctx, s.channel); err != nil {
			s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.SuspendedBefore(*found, time.Now())
}

// suspend stops the channel: from now on one send at a time probes it. Where the suspension cannot be stored it holds
// in this process all the same.
func (s *sender) suspend(ctx context.Context, w *endpoint, v result.Result) {
	s.mu.Lock()
	if _, already := s.gate.Suspended(); already || s.endpoint == nil || s.endpoint.Credentials != w.Credentials {
		s.mu.Unlock()
		// it is suspended already (this was its probe, or a send that was under way), or the credentials that were
		// refused do not count any more
		return
	}
	why := gate.Suspension{Reason: v.Reason, Since: time.Now(), Credentials: w.Credentials}
	s.gate.Suspend(why, why.Since)
	s.mu.Unlock()
	s.stands()
	s.bus.Meter().Suspended(ctx, s.config.Far)
	s.bus.Logger().Error("channel suspended: nothing is sent until its credentials change or a probe is taken", "far", s.config.Far, "channel", s.channel, "reason", v.Reason.String(), "err", v.Err)
	if err := s.suspensions().Put(ctx, s.channel, why); err != nil {
		s.bus.Logger().Warn("suspension not stored", "channel", s.channel, "err", err)
	}
}

// resume ends the suspension, and what waited for it goes on unless the channel is paused. It does nothing where the channel is not suspended.
// Where the stored suspension cannot be removed, the next process probes once.
func (s *sender) resume(ctx context.Context) {
	s.mu.Lock()
	was := s.gate.Resume(time.Now())
	s.mu.Unlock()
	if !was {
		return
	}
	s.bus.Logger().Info("channel resumed", "far", s.config.Far, "channel", s.channel)
	if err := s.suspensions().Delete(ctx, s.channel); err != nil {
		s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
	}
	s.goOn()
	s.stands()
}

// failed notes a failure at the destination. It returns how often the destination came back so far, and whether it
// may be down.
func (s *sender) failed(e *message) (recoveries int, down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	down, opened := s.gate.Failed(e.Lane, time.Now())
	if opened {
		s.bus.Logger().Warn("several contacts fail in a row: the destination is asked by one send at a time", "far", s.config.Far, "channel", s.channel, "waiting", s.waiting())
	}
	return s.gate.Recoveries(), down
}

// asked notes that a send has ended: should it have been the probe of a suspended channel, another may follow.
func (s *sender) asked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.Asked()
}

// answered notes that the destination answered, be it that it refused. Where it was down, the pauses of all who
// failed before end.
func (s *sender) answered(e *message) {
	s.mu.Lock()
	closed, over, waiting := s.gate.Answered(e.Lane, time.Now()), s.outage.End(), s.waiting()
	s.mu.Unlock()
	if over.Tries > 0 {
		s.bus.Logger().Info("the destination answers again", "far", s.config.Far, "channel", s.channel,
			"after", time.Since(over.Since).Round(time.Millisecond).String(), "tries", over.Tries, "waiting", waiting)
	}
	if !closed {
		return
	}
	if now := s.current(); now != nil {
		now.Wake()
	}
}

// recoveries is how often the destination came back so far, from 1.
func (s *sender) recoveries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.Recoveries()
}
