package webhook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a call with one text up.
func mimic(_ Account, s provider.Said) (webhook.Call, error) {
	type fields map[string]any
	id := fmt.Sprintf("trigger-%d", s.Number)
	body, err := json.Marshal(sending{Type: typeMessage, Timestamp: at(s.At), Data: fields{
		"id": id, "contact": contact{ID: cmp.Or(s.Contact, "ana")}, "message": fields{"type": "text", "text": s.Text},
	}})
	return webhook.Call{Method: http.MethodPost, Header: http.Header{
		"Content-Type": {"application/json"}, idHeader: {id}, timestampHeader: {strconv.FormatInt(s.At.Unix(), 10)},
	}, Body: body}, err
}
