package slack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes an event of a direct message up: https://docs.slack.dev/reference/events/message.im
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	if !a.called() {
		return webhook.Call{}, provider.ErrNotCalled
	}
	type fields map[string]any
	ts := fmt.Sprintf("%d.%06d", s.At.Unix(), s.Number%1_000_000)
	body, err := json.Marshal(fields{
		"type": "event_callback", "team_id": "T00000000", "api_app_id": "A00000000", "event_time": s.At.Unix(),
		"event_id": fmt.Sprintf("Ev%d", s.Number),
		"event": fields{
			"type": "message", "channel_type": "im", "channel": fmt.Sprintf("D%d", s.Number), "user": cmp.Or(s.Contact, "U061F7AUR"),
			"text": escape(s.Text), "ts": ts, "event_ts": ts,
		},
	})
	return webhook.Call{Method: http.MethodPost, Body: body, Header: http.Header{
		"Content-Type": {"application/json"}, "X-Slack-Request-Timestamp": {strconv.FormatInt(s.At.Unix(), 10)},
	}}, err
}
