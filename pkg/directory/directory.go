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
	// Sealed is what the door is to have of the account, as webhook.Policy.Seal makes it; nil for the fields of Verifies. Only [Apply]
	// reads it.
	Sealed json.RawMessage
}

// Account reads the credentials of a channel towards a far end: its network, or [topology.Platform].
func Account(ctx context.Context, b *bus.Bus, far, channel string) (json.RawMessage, error) {
	data, _, err := kv.Open(b, topology.Secrets).Get(ctx, far+"."+channel)
	if err != nil {
		return nil, fmt.Errorf("credentials of channel %s: %w", channel, err)
	}
	return data, nil
}
