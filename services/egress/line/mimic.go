package line

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a call with one text up, which cannot be replied to: https://developers.line.biz/en/reference/messaging-api/#message-event
func mimic(_ Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	body, err := json.Marshal(fields{"destination": "U00000000000000000000000000000000", "events": []fields{{
		"type": "message", "mode": "active", "timestamp": s.At.UnixMilli(), "webhookEventId": fmt.Sprintf("%026d", s.Number),
		"source":          fields{"type": "user", "userId": cmp.Or(s.Contact, "U4af4980629a1b2c3d4e5f60718293a4b")},
		"deliveryContext": fields{"isRedelivery": false}, "message": fields{"type": "text", "id": strconv.FormatInt(s.Number, 10), "text": s.Text},
	}}})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
