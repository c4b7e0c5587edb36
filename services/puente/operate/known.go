package operate

import (
	"context"
	"fmt"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/puente/words"
)

// refuseUnknown is an error where a query that found nothing names a channel or a network that there is not: "no dead
// letters" would be taken for good news. What a channel that was removed left behind makes it known.
func (d DeadLetters) refuseUnknown(ctx context.Context, b *bus.Bus, q deadletter.Query) error {
	left, _, err := deadletter.List(ctx, b, deadletter.Query{Network: q.Network, Channel: q.Channel, Limit: 1})
	if err != nil || len(left) > 0 {
		return err
	}
	channels, err := directory.List(ctx, b)
	if err != nil {
		return err
	}
	if q.Network != "" {
		networks, err := d.networksThere(ctx, b, channels)
		if err != nil {
			return err
		}
		if !slices.Contains(networks, q.Network) {
			return fmt.Errorf("there is no network %q: %s", q.Network, words.There(networks))
		}
	}
	if q.Channel == "" {
		return nil
	}
	i := slices.IndexFunc(channels, func(c directory.Channel) bool { return c.ID == q.Channel })
	if i < 0 {
		return fmt.Errorf("there is no channel %q: %s", q.Channel, idsOf(channels))
	}
	if c := channels[i]; q.Network != "" && c.Network != q.Network {
		return fmt.Errorf("channel %s is one of the network %s, not of %s", c.ID, c.Network, q.Network)
	}
	return nil
}

// networksThere are the networks that are built in, that a service has declared, or that a channel has, sorted.
func (d DeadLetters) networksThere(ctx context.Context, b *bus.Bus, channels []directory.Channel) ([]string, error) {
	declared, err := b.Bucket(topology.Networks).All(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range declared {
		names = append(names, name)
	}
	names = append(names, d.Networks...)
	for _, c := range channels {
		names = append(names, c.Network)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// idsOf says which channels there are.
func idsOf(channels []directory.Channel) string {
	var ids []string
	for _, c := range channels {
		ids = append(ids, c.ID)
	}
	return words.There(ids)
}
