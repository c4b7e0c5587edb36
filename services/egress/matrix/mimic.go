package matrix

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a transaction with one text up: https://spec.matrix.org/latest/application-service-api/#pushing-events. The room of
// it is nobody's, so that an answer goes to a new one.
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	body, err := json.Marshal(fields{"events": []fields{{
		"type": "m.room.message", "event_id": fmt.Sprintf("$trigger%d", s.Number), "room_id": fmt.Sprintf("!trigger%d:%s", s.Number, a.ServerName),
		"sender": cmp.Or(s.Contact, "@ana:"+a.ServerName), "origin_server_ts": s.At.UnixMilli(), "content": fields{"msgtype": "m.text", "body": s.Text},
	}}})
	return webhook.Call{
		Method: http.MethodPut, Suffix: fmt.Sprintf("%s%strigger%d", api, transactions, s.Number), Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}, err
}
