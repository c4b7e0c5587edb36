package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/topology"
)

// suspension is why a channel is not sent to. It stands in CHANNELS under state.<far>.<channel>, so that a restart
// with the same credentials does not begin by burning them again.
type suspension struct {
	Reason      string    `json:"reason"`
	Since       time.Time `json:"since"`
	Credentials string    `json:"credentials"`

	probe    time.Time // when the destination is asked again
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

func (s *sender) stateKey() string { return "state." + s.config.Far + "." + s.channel }

// loadState finds a suspension of an earlier process. New credentials end it; with the same ones the destination is asked
// once, now.
func (s *sender) loadState(ctx context.Context) error {
	s.mu.Lock()
	s.suspended = nil // another process may have resumed it meanwhile
	s.mu.Unlock()
	w := s.now()
	if w == nil {
		return nil // nothing is sent to it
	}
	var data []byte
	for {
		var err error
		if data, _, err = s.bus.Bucket(topology.Channels).Get(ctx, s.stateKey()); err == nil {
			break
		}
		if errors.Is(err, bus.ErrNotFound) {
			return nil
		}
		s.bus.Logger().Warn("state of the channel not read yet", "channel", s.channel, "err", err)
		if s.bus.Over() {
			return bus.ErrClosed
		}
		if bus.Pause(ctx, time.Second) != nil {
			return nil
		}
	}
	var found suspension
	if json.Unmarshal(data, &found) != nil || found.Credentials != w.Credentials {
		s.bus.Logger().Info("channel resumed with new credentials", "far", s.config.Far, "channel", s.channel)
		if err := s.bus.Bucket(topology.Channels).Delete(ctx, s.stateKey()); err != nil {
			s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
		}
		return nil
	}
	found.probe, found.interval = time.Now(), firstProbe
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspended = &found
	return nil
}

// suspend stops the channel.
func (s *sender) suspend(ctx context.Context, w *endpoint, v result.Result) {
	s.mu.Lock()
	if s.suspended != nil || s.endpoint == nil || s.endpoint.Credentials != w.Credentials {
		s.mu.Unlock()
		return // a probe, a send that was under way, or one with credentials that do not count any more
	}
	why := &suspension{Reason: v.Reason, Since: time.Now(), Credentials: w.Credentials, probe: time.Now().Add(firstProbe), interval: 2 * firstProbe}
	s.suspended = why
	s.mu.Unlock()
	s.bus.Logger().Error("channel suspended: nothing is sent until its credentials change or a probe is taken", "far", s.config.Far, "channel", s.channel, "reason", v.Reason, "err", v.Err)
	data, err := json.Marshal(why)
	if err == nil {
		err = s.bus.Bucket(topology.Channels).Put(ctx, s.stateKey(), data)
	}
	if err != nil {
		s.bus.Logger().Warn("suspension not stored", "channel", s.channel, "err", err)
	}
}

// resume lets the channel go on.
func (s *sender) resume(ctx context.Context) {
	s.mu.Lock()
	if s.suspended == nil {
		s.mu.Unlock()
		return
	}
	s.suspended = nil
	s.mu.Unlock()
	s.bus.Logger().Info("channel resumed", "far", s.config.Far, "channel", s.channel)
	if err := s.bus.Bucket(topology.Channels).Delete(ctx, s.stateKey()); err != nil {
		s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
	}
	if now := s.session(); now != nil {
		now.Wake()
	}
}
