package whatsapp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a change with one text up:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/text
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	type list []any
	from := strings.TrimPrefix(cmp.Or(s.Contact, "34600111222"), "+")
	body, err := json.Marshal(fields{"object": "whatsapp_business_account", "entry": list{fields{"id": "0", "changes": list{fields{
		"field": "messages", "value": fields{
			"messaging_product": "whatsapp", "metadata": fields{"display_phone_number": "15550783881", "phone_number_id": a.PhoneNumberID},
			"contacts": list{fields{"profile": fields{"name": "Puente"}, "wa_id": from}},
			"messages": list{fields{
				"from": from, "id": fmt.Sprintf("wamid.PUENTE%d", s.Number), "timestamp": strconv.FormatInt(s.At.Unix(), 10),
				"type": "text", "text": fields{"body": s.Text},
			}},
		},
	}}}}})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
