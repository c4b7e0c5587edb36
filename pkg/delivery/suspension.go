package delivery

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// suspension is why a channel is not sent to. It stands in CHANNELS under state.<far>.<channel>, so that a restart
// with the same credentials does not begin by burning them again. The sender's lock guards what changes in it.
type suspension struct {
	// Reason is what the operator reads, and Since when it began. Credentials is the digest of those that were
	// refused: with others the suspension says nothing.
	Reason      reason.Reason `json:"reason"`
	Since       time.Time     `json:"since"`
	Credentials string        `json:"credentials"`

	// The rest is not stored: a process that finds a suspension probes at once. probe is when the destination may be
	// asked again.
	probe time.Time
	// interval is the pause after the next probe; it doubles with each.
	interval time.Duration
	// asking is when the probe that is under way began; zero for none.
	asking time.Time
}

// Probes of a suspended channel: the first after a second, for one answer may have been about one message, then ever
// rarer.
const (
	firstProbe = time.Second
	lastProbe  = 15 * time.Minute
	// stepAside is how long a contact that was refused leaves a probe to those that were not; the one that was
	// refused last leaves it to them twice as long. So the probe is another contact's, where another one waits.
	stepAside = 250 * time.Millisecond
)

// stateKey is where the suspension of a channel stands in CHANNELS.
func stateKey(far, channel string) string { return "state." + far + "." + channel }

// loadSuspensions finds what earlier processes have suspended of a partition. It waits until the broker has answered: to send
// without knowing could burn the credentials. It returns nil when it is stopped, and [bus.ErrClosed] where there will be no
// connection any more.
func (d *dispatcher) loadSuspensions(ctx context.Context, l *shard.Lease) error {
	found := map[string][]byte{} // by channel
	for {
		clear(found)
		err := d.listSuspensions(ctx, partitionOf(l), found)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil
		}
		d.bus.Logger().Warn("suspensions not read yet", "far", d.config.Far, "err", err)
		if d.bus.Over() {
			return bus.ErrClosed
		}
		if pause.For(ctx, time.Second) != nil {
			return nil
		}
	}
	// another process may have resumed what this one once suspended
	for _, s := range d.all() {
		if _, still := found[s.channel]; !still && topology.EgressPartition(d.config.Far, s.channel) == partitionOf(l) {
			s.mu.Lock()
			s.suspended = nil
			s.mu.Unlock()
		}
	}
	for channel, data := range found {
		s := d.hold(channel)
		s.suspendedBefore(ctx, data)
		d.release(s)
	}
	return nil
}

// listSuspensions reads what is stored of the channels of a partition.
func (d *dispatcher) listSuspensions(ctx context.Context, partition string, found map[string][]byte) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	prefix, complete := stateKey(d.config.Far, ""), false
	err := kv.Open(d.bus, topology.Channels).Follow(ctx, []string{prefix + "*"}, func(e kv.Entry) {
		channel := strings.TrimPrefix(e.Key, prefix)
		switch {
		case topology.EgressPartition(d.config.Far, channel) != partition:
		case e.Value == nil:
			delete(found, channel)
		default:
			found[channel] = e.Value
		}
	}, func() {
		complete = true
		cancel()
	})
	switch {
	case complete:
		return nil
	case err == nil: // a watch that ends with its context fails with nothing
		return context.Cause(ctx)
	default:
		return err
	}
}

// suspendedBefore takes over the suspension of an earlier process. New credentials end it; with the same ones the destination is
// asked once, now.
func (s *sender) suspendedBefore(ctx context.Context, data []byte) {
	// what cannot be read holds nobody back
	var found suspension
	// where there is no endpoint yet, the one that comes is held against the suspension by change
	w := s.now()
	if json.Unmarshal(data, &found) != nil || w != nil && found.Credentials != w.Credentials {
		s.mu.Lock()
		s.suspended = nil
		s.mu.Unlock()
		s.bus.Logger().Info("channel resumed with new credentials", "far", s.config.Far, "channel", s.channel)
		if err := kv.Open(s.bus, topology.Channels).Delete(ctx, stateKey(s.config.Far, s.channel)); err != nil {
			s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
		}
		return
	}
	found.probe, found.interval = time.Now(), firstProbe
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspended = &found
}

// suspend stops the channel: from now on one send at a time probes it. Where the suspension cannot be stored it holds
// in this process all the same.
func (s *sender) suspend(ctx context.Context, w *endpoint, v result.Result) {
	s.mu.Lock()
	if s.suspended != nil || s.endpoint == nil || s.endpoint.Credentials != w.Credentials {
		s.mu.Unlock()
		// it is suspended already (this was its probe, or a send that was under way), or the credentials that were
		// refused do not count any more
		return
	}
	why := &suspension{Reason: v.Reason, Since: time.Now(), Credentials: w.Credentials, probe: time.Now().Add(firstProbe), interval: 2 * firstProbe}
	s.suspended = why
	s.mu.Unlock()
	s.stands()
	s.bus.Meter().Suspended(ctx, s.config.Far)
	s.bus.Logger().Error("channel suspended: nothing is sent until its credentials change or a probe is taken", "far", s.config.Far, "channel", s.channel, "reason", v.Reason.String(), "err", v.Err)
	data, err := json.Marshal(why)
	if err == nil {
		err = kv.Open(s.bus, topology.Channels).Put(ctx, stateKey(s.config.Far, s.channel), data)
	}
	if err != nil {
		s.bus.Logger().Warn("suspension not stored", "channel", s.channel, "err", err)
	}
}

// resume ends the suspension, and what waited for it goes on unless the channel is paused. It does nothing where the channel is not suspended.
// Where the stored suspension cannot be removed, the next process probes once.
func (s *sender) resume(ctx context.Context) {
	s.mu.Lock()
	if s.suspended == nil {
		s.mu.Unlock()
		return
	}
	s.suspended = nil
	s.lifted()
	s.mu.Unlock()
	s.bus.Logger().Info("channel resumed", "far", s.config.Far, "channel", s.channel)
	if err := kv.Open(s.bus, topology.Channels).Delete(ctx, stateKey(s.config.Far, s.channel)); err != nil {
		s.bus.Logger().Warn("suspension not removed", "channel", s.channel, "err", err)
	}
	s.goOn()
	s.stands()
}
