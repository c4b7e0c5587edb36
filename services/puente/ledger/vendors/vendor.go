package vendors

import (
	"encoding/json"
	"net/http"
)

// Networks that the far ends of a ledger can be.
const (
	Phone    = "phone"
	WhatsApp = "whatsapp"
	LINE     = "line"
	Webhook  = "webhook"
)

// Vendor translates between its API and the phone network. It is safe for concurrent use.
type Vendor interface {
	// Contact is the address of a contact by its number, from 0 on.
	Contact(i int) string
	// ContactID is the channels' ID type: phone or custom.
	ContactID() string
	// Account is a channel's account, as it is configured.
	Account(channel string) map[string]string
	// Read reads a call of the vendor's API that sends a message, nil for another one.
	Read(channel string, r *http.Request, body []byte) *Send
	// Calls writes a call of the phone network to the bridge as the vendor makes it: as one, or as several, one after the other,
	// where the vendor tells one thing with each.
	Calls(channel string, c *Heard) []Call
	// Receipts says that the vendor tells what became of a message.
	Receipts() bool
}

// Call is a call of a vendor's to the bridge.
type Call struct {
	Header http.Header
	Body   []byte
}

// Send is a call that sends a message.
type Send struct {
	// Key is the same when the message is sent again.
	Key string
	// ID is the bridge's id of the message, "" where the call does not tell.
	ID string
	// To is the contact's address, Text what is written.
	To, Text string
	// Again answers a repeat of what was taken: nil where the vendor knows none. Spent says that it is answered so in any
	// case.
	Again func(w http.ResponseWriter)
	Spent bool
	// Answer writes the phone network's answer as the vendor's: its HTTP status, and the id that it gave the message.
	Answer func(w http.ResponseWriter, status int, id string)
}

// Heard is a call of the phone network to the bridge, as much of it as is needed here.
type Heard struct {
	Events []struct {
		ID      string          `json:"id"`
		From    string          `json:"from"`
		Time    int64           `json:"time"`
		Message json.RawMessage `json:"message"`
		Receipt *struct {
			Message string `json:"message"`
			OwnID   string `json:"own_id"`
			Status  string `json:"status"`
		} `json:"receipt"`
	} `json:"events"`
}

// Of is the vendor of a network; host is the host and port where the bridge calls it. It is nil for the phone
// network: the stand-in speaks that by itself, and there is nothing to translate.
func Of(network, host string) Vendor {
	switch network {
	case WhatsApp:
		return whatsApp{host}
	case LINE:
		return newLine(host)
	case Webhook:
		return webhook{host}
	default:
		return nil
	}
}

// access is what the bridge shows a vendor; the gate knows the channel by it.
func access(channel string) string { return "access-of-" + channel }

// Secret is what a channel's calls are signed with; nothing here is worth one.
func Secret(channel string) string { return "secret-of-" + channel }
