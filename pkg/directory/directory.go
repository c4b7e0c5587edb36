// Package directory is who is there: the channels with their settings and credentials, and what each network declares.
// It gives types to the buckets CHANNELS, SECRETS and NETWORKS, and says which channels are paused ([Pause]); the
// all-in-one and puente apply fill them from a file, and services follow them with [Watch].
//
// Credentials stay apart from settings, under <network>.<channel> and bonychat.<channel>, so that a service can be
// given only its own. What the door judges calls by stands under verify.<network>.<channel>: see [Verifier].
package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

// Channel is a channel's settings, without credentials.
type Channel struct {
	// ID is the channel's id as the platform shows it.
	ID string `json:"id"`
	// Network is the name of its network.
	Network string `json:"network"`
	// ContactID is how the platform names contacts: "phone" or "custom".
	ContactID string `json:"contact_id"`
	// Uncertain is what becomes of a message that the network may have taken: "" is sent again, [Hold] is not.
	Uncertain string `json:"uncertain,omitempty"`
	// Locale is the language of what the platform's agents read, "" for Spanish: read it with [Channel.Language].
	Locale reason.Locale `json:"locale,omitempty"`
}

// Language is the language of what the platform's agents read of the channel: Spanish where nothing says otherwise, as in a
// record of an older version.
func (c Channel) Language() reason.Locale {
	if c.Locale == "" {
		return reason.Spanish
	}
	return c.Locale
}

// Hold never sends again what the network may have taken.
const Hold = "hold"

// Entry is a channel with its credentials, as the configuration holds it.
type Entry struct {
	Channel
	// Account is the network's account, Platform the platform's: JSON objects with credentials.
	Account, Platform json.RawMessage
	// Verifies are the names of the account's fields that the network's calls are judged by; see [Verifier]. Only [Apply]
	// reads it.
	Verifies []string
}

const settingsPrefix = "settings."

// List reads all channels, by id.
func List(ctx context.Context, b *bus.Bus) ([]Channel, error) {
	all, err := b.Bucket(topology.Channels).All(ctx)
	if err != nil {
		return nil, err
	}
	var channels []Channel
	for key, data := range all {
		if !strings.HasPrefix(key, settingsPrefix) {
			continue
		}
		c, err := readSettings(strings.TrimPrefix(key, settingsPrefix), data)
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	sort.Slice(channels, func(i, j int) bool { return channels[i].ID < channels[j].ID })
	return channels, nil
}

// readSettings reads the settings of a channel.
func readSettings(id string, data []byte) (c Channel, err error) {
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("settings of channel %s: %w", id, err)
	}
	if c.ID != id || c.Network == "" {
		return c, fmt.Errorf("settings of channel %s: they are another's, or name no network", id)
	}
	return c, nil
}

// Settings reads a channel's settings now, or returns [bus.ErrNotFound]. Where several servers keep them, one that is
// behind may answer.
func Settings(ctx context.Context, b *bus.Bus, channel string) (Channel, error) {
	data, _, err := b.Bucket(topology.Channels).Get(ctx, settingsPrefix+channel)
	if err != nil {
		return Channel{}, fmt.Errorf("settings of channel %s: %w", channel, err)
	}
	return readSettings(channel, data)
}

// Account reads the credentials of a channel towards a far end: its network, or [topology.Platform].
func Account(ctx context.Context, b *bus.Bus, far, channel string) (json.RawMessage, error) {
	data, _, err := b.Bucket(topology.Secrets).Get(ctx, far+"."+channel)
	if err != nil {
		return nil, fmt.Errorf("credentials of channel %s: %w", channel, err)
	}
	return data, nil
}
