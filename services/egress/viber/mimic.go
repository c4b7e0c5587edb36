package viber

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a callback of a text up: https://developers.viber.com/docs/api/rest-bot-api/#receive-message-from-user
func mimic(_ Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	body, err := json.Marshal(fields{
		"event": "message", "timestamp": s.At.UnixMilli(), "message_token": s.Number, "sender": fields{"id": cmp.Or(s.Contact, "01234567890A="), "name": "Puente"},
		"message": fields{"type": "text", "text": s.Text},
	})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
