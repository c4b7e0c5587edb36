package provider

import (
	"encoding/json"

	"github.com/bonychat/puente/pkg/webhook"
)

// Receive reads a verified call with a network's own Receive: for kits and tools.
func Receive(d Driver, c webhook.Call) ([]Event, error) { return d.receive(c) }

// Open makes the sender of an account, given as the JSON object of the configuration: for kits and tools.
func Open(d Driver, account json.RawMessage, h Host) (Sender, error) { return d.open(account, h) }
