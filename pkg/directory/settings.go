package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

const settingsPrefix = "channel."

// settingsKey is where the settings of a channel stand in CHANNELS. The network comes first, so that a network's service can
// be given the channels of its own.
func settingsKey(network, channel string) string { return settingsPrefix + network + "." + channel }

// List reads the settings of all channels, sorted by id. It is empty until [Apply] of this version has written them.
func List(ctx context.Context, b *bus.Bus) ([]Channel, error) {
	all, err := kv.Open(b, topology.Channels).All(ctx)
	if err != nil {
		return nil, err
	}
	var channels []Channel
	for key, data := range all {
		if !strings.HasPrefix(key, settingsPrefix) {
			continue
		}
		c, err := readSettings(key, data)
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	slices.SortFunc(channels, func(x, y Channel) int { return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Network, y.Network)) })
	// one that moves to another network is there twice for a moment
	return slices.CompactFunc(channels, func(x, y Channel) bool { return x.ID == y.ID }), nil
}

// readSettings reads the settings of a channel under their key.
func readSettings(key string, data []byte) (c Channel, err error) {
	network, id, _ := strings.Cut(strings.TrimPrefix(key, settingsPrefix), ".")
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("settings of channel %s: %w", id, err)
	}
	if c.ID != id || c.Network != network || id == "" || network == "" {
		return c, fmt.Errorf("settings of channel %s: they are another's, or name no network", id)
	}
	return c, nil
}

// Settings reads the settings of a channel, or returns [bus.ErrNotFound]. In a cluster of servers the answer may be a moment old.
func Settings(ctx context.Context, b *bus.Bus, network, channel string) (Channel, error) {
	key := settingsKey(network, channel)
	data, _, err := kv.Open(b, topology.Channels).Get(ctx, key)
	if err != nil {
		return Channel{}, fmt.Errorf("settings of channel %s: %w", channel, err)
	}
	return readSettings(key, data)
}

// Find is [Settings] for a caller that does not know the network, and has the right to read all channels. It costs a watch, so do not
// call it for each message.
func Find(ctx context.Context, b *bus.Bus, channel string) (Channel, error) {
	if channel == "" || strings.ContainsAny(channel, ".*>") { // a filter that matches others
		return Channel{}, fmt.Errorf("settings of channel %s: %w", channel, bus.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	found, complete := map[string]kv.Entry{}, false
	err := kv.Open(b, topology.Channels).Follow(ctx, []string{settingsKey("*", channel)}, func(e kv.Entry) {
		if found[e.Key] = e; e.Deleted {
			delete(found, e.Key)
		}
	}, func() {
		complete = true
		cancel()
	})
	if !complete {
		return Channel{}, fmt.Errorf("settings of channel %s: %w", channel, cmp.Or(err, context.Cause(ctx)))
	}
	var last kv.Entry
	for _, e := range found {
		if e.Revision > last.Revision {
			last = e
		}
	}
	if last.Key == "" {
		return Channel{}, fmt.Errorf("settings of channel %s: %w", channel, bus.ErrNotFound)
	}
	return readSettings(last.Key, last.Value)
}
