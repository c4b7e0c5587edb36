package phone

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a call with one text up.
func mimic(_ Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	body, err := json.Marshal(fields{
		"id": fmt.Sprintf("trigger-%d", s.Number), "from": cmp.Or(s.Contact, "ana"), "time": s.At.UnixMilli(), "message": fields{"type": "text", "text": s.Text},
	})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}
