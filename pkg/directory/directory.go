// Package directory is who is there: the channels with their settings and credentials, and what each network declares.
// It gives types to the buckets CHANNELS, SECRETS and NETWORKS; the all-in-one and puente apply fill them from a file,
// and services follow them with [Watch].
//
// Credentials stay apart from settings, under <network>.<channel> and bonychat.<channel>, so that a service can be
// given only its own.
package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
)

// Channel is a channel's settings, without credentials.
type Channel struct {
	// ID is the channel's id as the platform shows it.
	ID string `json:"id"`
	// Network is the name of its network.
	Network string `json:"network"`
	// ContactID is how the platform names contacts: "phone" or "custom".
	ContactID string `json:"contact_id"`
}

// Entry is a channel with its credentials, as the configuration holds it.
type Entry struct {
	Channel
	// Account is the network's account, Platform the platform's: JSON objects with credentials.
	Account, Platform json.RawMessage
}

const settingsPrefix = "settings."

// Fill makes the buckets hold these channels and no others.
func Fill(ctx context.Context, b *bus.Bus, entries []Entry) error {
	settings, secrets := b.Bucket(bus.Channels), b.Bucket(bus.Secrets)
	keep := map[string]bool{}
	for _, e := range entries {
		data, err := json.Marshal(e.Channel)
		if err != nil {
			return fmt.Errorf("channel %s: %w", e.ID, err)
		}
		// credentials first: a channel that can be seen can be used
		if err := secrets.Put(ctx, e.Network+"."+e.ID, e.Account); err != nil {
			return err
		}
		if err := secrets.Put(ctx, bus.Platform+"."+e.ID, e.Platform); err != nil {
			return err
		}
		if err := settings.Put(ctx, settingsPrefix+e.ID, data); err != nil {
			return err
		}
		keep[settingsPrefix+e.ID], keep[e.Network+"."+e.ID], keep[bus.Platform+"."+e.ID] = true, true, true
	}
	if err := sweep(ctx, settings, func(key string) bool { return strings.HasPrefix(key, settingsPrefix) && !keep[key] }); err != nil {
		return err
	}
	return sweep(ctx, secrets, func(key string) bool { return strings.Contains(key, ".") && !keep[key] })
}

func sweep(ctx context.Context, k *bus.Bucket, gone func(string) bool) error {
	all, err := k.All(ctx)
	if err != nil {
		return err
	}
	for key := range all {
		if gone(key) {
			if err := k.Delete(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// List reads all channels, by id.
func List(ctx context.Context, b *bus.Bus) ([]Channel, error) {
	all, err := b.Bucket(bus.Channels).All(ctx)
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

// Account reads the credentials of a channel towards a far end: its network, or [bus.Platform].
func Account(ctx context.Context, b *bus.Bus, far, channel string) (json.RawMessage, error) {
	data, _, err := b.Bucket(bus.Secrets).Get(ctx, far+"."+channel)
	if err != nil {
		return nil, fmt.Errorf("credentials of channel %s: %w", channel, err)
	}
	return data, nil
}

// Declare publishes what a network declares; it outlives the service.
func Declare(ctx context.Context, b *bus.Bus, network string, description any) error {
	data, err := json.Marshal(description)
	if err != nil {
		return fmt.Errorf("describe %s: %w", network, err)
	}
	return b.Bucket(bus.Networks).Put(ctx, network, data)
}

// ErrUndeclared means that the network's service has never run.
var ErrUndeclared = errors.New("the network's service has not declared itself yet")

// Declaration reads what a network declares into a value, or returns [ErrUndeclared].
func Declaration(ctx context.Context, b *bus.Bus, network string, into any) error {
	data, _, err := b.Bucket(bus.Networks).Get(ctx, network)
	if errors.Is(err, bus.ErrNotFound) {
		return fmt.Errorf("%s: %w", network, ErrUndeclared)
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("declaration of %s: %w", network, err)
	}
	return nil
}
