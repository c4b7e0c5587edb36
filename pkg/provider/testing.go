package provider

import (
	"encoding/json"

	"github.com/bonychat/puente/pkg/webhook"
)

// Receive reads a verified call with a network's own Receive, for an account given as the JSON object of the
// configuration: for kits and tools.
func Receive(d Driver, account json.RawMessage, c webhook.Call) ([]Event, error) {
	read, err := d.reader(account)
	if err != nil {
		return nil, err
	}
	return read(c)
}

// Open makes the sender of an account, given as the JSON object of the configuration: for kits and tools.
func Open(d Driver, account json.RawMessage, h Host) (Sender, error) { return d.open(account, h) }
