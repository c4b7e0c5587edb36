package directory

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
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
	// Uncertain is what becomes of a message that the network may have taken: "" sends it again, [Hold] does not.
	Uncertain string `json:"uncertain,omitempty"`
	// Locale is the language of the reasons that agents read; "" is Spanish. Read it with [Channel.Language].
	Locale reason.Locale `json:"locale,omitempty"`
}

// Language is the language of the reasons that agents read of the channel. It is Spanish if nothing else is stored, as in a record
// of an earlier version.
func (c Channel) Language() reason.Locale {
	if c.Locale == "" {
		return reason.Spanish
	}
	return c.Locale
}

// Hold is the value of [Channel.Uncertain] by which a message that the network may have taken is never sent again.
const Hold = "hold"

// Entry is a channel with its credentials, as the configuration holds it.
type Entry struct {
	Channel
	// Account is the network's account, Platform the platform's: JSON objects with credentials.
	Account, Platform json.RawMessage
	// Verifies are the names of the account's fields that are needed to check the network's calls; see [Verifier]. Only [Apply]
	// reads it.
	Verifies []string
	// Sealed is the part of the account that ingress may have, as webhook.Policy.Seal makes it; nil stands for the fields of Verifies.
	// Only [Apply] reads it.
	Sealed json.RawMessage
}

// Account reads the credentials of a channel at a destination: its network, or [topology.Platform]. The JSON holds secrets.
func Account(ctx context.Context, b *bus.Bus, far, channel string) (json.RawMessage, error) {
	data, _, err := kv.Open(b, topology.Secrets).Get(ctx, far+"."+channel)
	if err != nil {
		return nil, fmt.Errorf("credentials of channel %s: %w", channel, err)
	}
	return data, nil
}
