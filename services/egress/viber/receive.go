package viber

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// callback is https://developers.viber.com/docs/api/rest-bot-api/#callbacks. A token has 64 bits.
type callback struct {
	Event   string
	Token   json.Number `json:"message_token"`
	Time    int64       `json:"timestamp"` // in milliseconds
	Sender  struct{ ID, Name string }
	Message struct{ Type, Text string }
}

var receipts = map[string]eventv1.Status{
	"delivered": eventv1.Status_STATUS_DELIVERED, "seen": eventv1.Status_STATUS_READ, "failed": eventv1.Status_STATUS_FAILED,
}

// receive reads one callback. What may be about something else than a message or its fate is no matter here.
func receive(c webhook.Call) ([]provider.Event, error) {
	var call callback
	if json.Unmarshal(c.Body, &call) != nil || call.Event == "" {
		return nil, errors.New("the callback cannot be read")
	}
	token, status := call.Token.String(), receipts[call.Event]
	e := provider.Event{Key: token, At: time.UnixMilli(call.Time).UTC()}
	switch {
	case call.Event != "message" && status == 0:
		return []provider.Event{{Ignored: "callback about no message"}}, nil
	case token == "" || strings.Trim(token, "0123456789") != "" || call.Event == "message" && call.Sender.ID == "":
		return nil, errors.New("the callback has no token, or no sender")
	case status != 0:
		e.Key, e.Receipt = token+":"+call.Event, &provider.Receipt{Ref: token, Status: status}
	default:
		e.Contact = &messagev1.Contact{Address: call.Sender.ID, Profile: &messagev1.Profile{FirstName: call.Sender.Name}}
		e.Content = provider.Text(cmp.Or(call.Message.Text, "["+call.Message.Type+"]"))
	}
	return []provider.Event{e}, nil
}
