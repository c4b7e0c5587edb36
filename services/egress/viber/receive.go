package viber

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// callback is https://developers.viber.com/docs/api/rest-bot-api/#callbacks.
type callback struct {
	Event   string      `json:"event"`
	Token   json.Number `json:"message_token"` // of 64 bits, as a number or a text
	Time    int64       `json:"timestamp"`     // in milliseconds
	Sender  user        `json:"sender"`
	Message message     `json:"message"`
}

type user struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Avatar   string `json:"avatar"`
	Country  string `json:"country"`
	Language string `json:"language"`
}

var receipts = map[string]eventv1.Status{
	"delivered": eventv1.Status_STATUS_DELIVERED, "seen": eventv1.Status_STATUS_READ, "failed": eventv1.Status_STATUS_FAILED,
}

// ignored are the callbacks that are no matter here, with the word that they are counted under. A bot that somebody left
// makes no receipt, since that names no message: the next send fails with that reason.
var ignored = map[string]string{
	"webhook": "registration", "subscribed": "subscribed", "unsubscribed": "unsubscribed",
	"conversation_started": "conversation opened", "client_status": "client status",
}

// receive reads one callback.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	var call callback
	err := json.Unmarshal(c.Body, &call)
	if reason := ignored[call.Event]; reason != "" { // whatever the rest of it is
		return []provider.Event{provider.IgnoredEvent(reason)}, nil
	}
	if err != nil {
		return nil, errors.New(provider.Misread("the callback", err))
	}
	token, status := call.Token.String(), receipts[call.Event]
	var e provider.Event
	switch {
	case call.Event == "":
		return nil, errors.New("the callback has no event")
	case call.Event != "message" && status == 0: // Viber tells of new ones at once
		return []provider.Event{provider.IgnoredEvent("unknown callback")}, nil
	case token == "" || strings.Trim(token, "0123456789") != "":
		return nil, errors.New("the callback has no message_token")
	case status != 0:
		r := provider.Receipt{Ref: token, Status: status}
		if call.Event == "failed" { // its desc is for developers, and of no form that could be relied on
			r.Reason = notShown
		}
		e = provider.ReceiptEvent(token+":"+call.Event, r) // delivered and seen have the same token
	case call.Sender.ID == "":
		return nil, errors.New("the message has no sender")
	default:
		e = provider.MessageEvent(token, call.Sender.contact(), call.Message.content())
	}
	return []provider.Event{e.WithTime(at(call.Time))}, nil
}

func (u user) contact() *messagev1.Contact {
	p := &messagev1.Profile{FirstName: u.Name, PictureUrl: u.Avatar, Country: u.Country}
	if language, _, _ := strings.Cut(strings.ToLower(u.Language), "-"); len(language) == 2 {
		p.Language = language
	}
	if p.Country == "UK" { // Viber's own example; the ISO code is another
		p.Country = "GB"
	}
	return &messagev1.Contact{Address: u.ID, Profile: p}
}

// at is a time in Unix milliseconds; zero where it cannot be one.
func at(ms int64) time.Time {
	const year9999 = 253402300799999
	if ms <= 0 || ms > year9999 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
