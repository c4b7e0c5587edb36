package telegram

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes an update of a private message up: https://core.telegram.org/bots/api#message
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	if a.Mode == Poll {
		return webhook.Call{}, provider.ErrNotCalled
	}
	chat, err := strconv.ParseInt(cmp.Or(s.Contact, "101"), 10, 64)
	if err != nil || chat <= 0 {
		return webhook.Call{}, outcome.Reject(unknownContact, err)
	}
	type fields map[string]any
	body, err := json.Marshal(fields{"update_id": s.Number, "message": fields{
		"message_id": s.Number, "date": s.At.Unix(), "text": s.Text,
		"from": fields{"id": chat, "is_bot": false, "first_name": "Puente"}, "chat": fields{"id": chat, "type": "private", "first_name": "Puente"},
	}})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
