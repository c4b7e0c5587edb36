package webhook

import (
	"encoding/json"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
)

// The types of a payload.
const (
	typeMessage = "message"
	typeEcho    = "echo"
	typeReceipt = "receipt"
	typePing    = "ping"
)

// payload is the body of a call that comes in.
type payload struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// contact is who a message is from, or to.
type contact struct {
	ID        string `json:"id"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	Picture   string `json:"picture,omitempty"`
	Language  string `json:"language,omitempty"`
	Country   string `json:"country,omitempty"`
}

// written is the data of what somebody wrote: a message of a contact, or an echo.
type written struct {
	ID      string  `json:"id"`
	Edits   string  `json:"edits"`
	Contact contact `json:"contact"`
	Message *object `json:"message"`
}

// object is the contract's message object, with what an app may say of an attachment besides.
type object struct {
	customchannel.Message
	Attachment *struct {
		customchannel.Attachment
		Fetch bool `json:"fetch"`
	} `json:"attachment"`
}

// receipt is the data of a receipt.
type receipt struct {
	Message string `json:"message"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
}

// sending is the body of a call that goes out.
type sending struct {
	Type      string     `json:"type"`
	Timestamp *time.Time `json:"timestamp,omitempty"`
	Data      any        `json:"data"`
}

// outgoing is the data of a message that goes out.
type outgoing struct {
	ID        string                 `json:"id"`
	MessageID string                 `json:"message_id"`
	Part      uint32                 `json:"part"`
	Parts     uint32                 `json:"parts"`
	Contact   contact                `json:"contact"`
	Message   *customchannel.Message `json:"message"`
}

// canonical is the contact with what is told of it.
func (c contact) canonical() *messagev1.Contact {
	out := &messagev1.Contact{Address: c.ID}
	if c != (contact{ID: c.ID}) {
		out.Profile = &messagev1.Profile{
			FirstName: c.FirstName, LastName: c.LastName, Phone: c.Phone, Email: c.Email, PictureUrl: c.Picture, Language: c.Language, Country: c.Country,
		}
	}
	return out
}

// at is a time as payloads have it.
func at(t time.Time) *time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
