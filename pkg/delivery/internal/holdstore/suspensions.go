package holdstore

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// Suspensions are the stored suspensions of a destination's channels. It is safe for concurrent use.
type Suspensions struct {
	Bus *bus.Bus
	Far string
}

// key is where the suspension of a channel stands in CHANNELS.
func (s Suspensions) key(channel string) string { return "state." + s.Far + "." + channel }

// Put stores the suspension of a channel, in place of one that is there.
func (s Suspensions) Put(ctx context.Context, channel string, one gate.Suspension) error {
	data, err := json.Marshal(one)
	if err != nil {
		return err
	}
	return kv.Open(s.Bus, topology.Channels).Put(ctx, s.key(channel), data)
}

// Delete removes the suspension of a channel; it is no error where there is none.
func (s Suspensions) Delete(ctx context.Context, channel string) error {
	return kv.Open(s.Bus, topology.Channels).Delete(ctx, s.key(channel))
}

// Of are the suspensions of the channels of a partition of EGRESS_*, by channel. It waits until the broker has answered, and returns
// [bus.ErrClosed] where there will be no connection any more, or the context's error. One that cannot be read is nil.
func (s Suspensions) Of(ctx context.Context, partition string) (map[string]*gate.Suspension, error) {
	for {
		found, err := s.list(ctx, partition)
		if err == nil {
			return found, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.Bus.Logger().Warn("suspensions not read yet", "far", s.Far, "err", err)
		if s.Bus.Over() {
			return nil, bus.ErrClosed
		}
		if err := pause.For(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

// list reads what is stored of the channels of a partition.
func (s Suspensions) list(ctx context.Context, partition string) (map[string]*gate.Suspension, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	prefix, complete, found := s.key(""), false, map[string]*gate.Suspension{}
	err := kv.Open(s.Bus, topology.Channels).Follow(ctx, []string{prefix + "*"}, func(e kv.Entry) {
		channel := strings.TrimPrefix(e.Key, prefix)
		switch {
		case topology.EgressPartition(s.Far, channel) != partition:
		case e.Value == nil:
			delete(found, channel)
		default:
			one := &gate.Suspension{}
			if json.Unmarshal(e.Value, one) != nil {
				one = nil
			}
			found[channel] = one
		}
	}, func() {
		complete = true
		cancel()
	})
	switch {
	case complete:
		return found, nil
	case err == nil: // a watch that ends with its context fails with nothing
		return nil, context.Cause(ctx)
	default:
		return nil, err
	}
}
