package bus

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// suspension is why a channel is not sent to. It stands in CHANNELS under state.<far>.<channel>, so that a restart
// with the same credentials does not begin by burning them again.
type suspension struct {
	Reason      string    `json:"reason"`
	Since       time.Time `json:"since"`
	Credentials string    `json:"credentials"`

	probe    time.Time // when the far end is asked again
	interval time.Duration
	asking   time.Time // when the probe that is under way began; zero for none
}

// Probes of a suspended channel: the first after a second, for one answer may have been about one message, then ever
// rarer.
const (
	firstProbe = time.Second
	lastProbe  = 15 * time.Minute
	// stepAside is how long a contact that was refused leaves a probe to those that were not; the one that was refused
	// last leaves it to them twice as long.
	stepAside = 250 * time.Millisecond
)

func (r *route) stateKey() string { return "state." + r.delivery.Far + "." + r.Channel }

// loadState finds a suspension of an earlier process. New credentials end it; with the same ones the far end is asked
// once, now.
func (r *route) loadState(ctx context.Context) error {
	r.mu.Lock()
	r.suspended = nil // another process may have resumed it meanwhile
	r.mu.Unlock()
	w := r.now()
	if w == nil {
		return nil // nothing is sent to it
	}
	var data []byte
	for {
		var err error
		if data, _, err = r.bus.Bucket(topology.Channels).Get(ctx, r.stateKey()); err == nil {
			break
		}
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		r.bus.log.Warn("state of the channel not read yet", "channel", r.Channel, "err", err)
		if r.bus.over() {
			return errClosed
		}
		if pause(ctx, time.Second) != nil {
			return nil
		}
	}
	var s suspension
	if json.Unmarshal(data, &s) != nil || s.Credentials != w.Credentials {
		r.bus.log.Info("channel resumed with new credentials", "far", r.delivery.Far, "channel", r.Channel)
		if err := r.bus.Bucket(topology.Channels).Delete(ctx, r.stateKey()); err != nil {
			r.bus.log.Warn("suspension not removed", "channel", r.Channel, "err", err)
		}
		return nil
	}
	s.probe, s.interval = time.Now(), firstProbe
	r.mu.Lock()
	defer r.mu.Unlock()
	r.suspended = &s
	return nil
}

// mayAsk is how long a send has to wait because of the channel: 0 while it is well, and for the one that probes it.
func (r *route) mayAsk(e *Entry) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait := r.probeIn(laneOf(e.Event), time.Now()); wait > 0 {
		return wait
	}
	return r.breaker.wait(laneOf(e.Event), time.Now(), r.delivery.SendTimeout)
}

// probeIn is how long a contact has to wait before it may send: 0 while the channel is well, and for the one who probes
// a suspended one. It is called with the lock held.
func (r *route) probeIn(lane string, now time.Time) time.Duration {
	s := r.suspended
	if s == nil {
		return 0
	}
	wait := s.probe.Sub(now)
	if r.refused.lanes[lane] {
		wait += stepAside
	}
	if r.refused.last == lane {
		wait += stepAside
	}
	if wait > 0 {
		return wait
	}
	if left := s.asking.Add(r.delivery.SendTimeout).Sub(now); !s.asking.IsZero() && left > 0 {
		return min(left, time.Second) // one at a time
	}
	s.asking, s.probe = now, now.Add(s.interval)
	s.interval = min(2*s.interval, lastProbe)
	return 0
}

// asked notes that a send has ended: should it have been the probe of a suspended channel, another may follow.
func (r *route) asked() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.suspended != nil {
		r.suspended.asking = time.Time{}
	}
}

// suspend stops the channel.
func (r *route) suspend(ctx context.Context, w *way, v Verdict) {
	r.mu.Lock()
	if r.suspended != nil || r.way == nil || r.way.Credentials != w.Credentials {
		r.mu.Unlock()
		return // a probe, a send that was under way, or one with credentials that do not count any more
	}
	s := &suspension{Reason: v.Reason, Since: time.Now(), Credentials: w.Credentials, probe: time.Now().Add(firstProbe), interval: 2 * firstProbe}
	r.suspended = s
	r.mu.Unlock()
	r.bus.log.Error("channel suspended: nothing is sent until its credentials change or a probe is taken", "far", r.delivery.Far, "channel", r.Channel, "reason", v.Reason, "err", v.Err)
	data, err := json.Marshal(s)
	if err == nil {
		err = r.bus.Bucket(topology.Channels).Put(ctx, r.stateKey(), data)
	}
	if err != nil {
		r.bus.log.Warn("suspension not stored", "channel", r.Channel, "err", err)
	}
}

// resume lets the channel go on.
func (r *route) resume(ctx context.Context) {
	r.mu.Lock()
	if r.suspended == nil {
		r.mu.Unlock()
		return
	}
	r.suspended = nil
	r.mu.Unlock()
	r.bus.log.Info("channel resumed", "far", r.delivery.Far, "channel", r.Channel)
	if err := r.bus.Bucket(topology.Channels).Delete(ctx, r.stateKey()); err != nil {
		r.bus.log.Warn("suspension not removed", "channel", r.Channel, "err", err)
	}
	if set := r.set(); set != nil {
		set.Wake()
	}
}
