package clicksend

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// inHistory looks for a message among the last that its contact was sent: https://developers.clicksend.com/docs/messaging/sms
// knows no filter for custom_string. That it is not there proves nothing.
func (s *sender) inHistory(ctx context.Context, one outgoing) (id string, found bool, err error) {
	query := url.Values{"q": {"to:" + one.To}, "order_by": {"date:desc"}, "limit": {"100"}}
	data, err := s.call(ctx, "a look into the history", http.MethodGet, "/v3/sms/history?"+query.Encode(), nil)
	if err != nil {
		return "", false, err
	}
	var page struct {
		Data []struct {
			ID           string `json:"message_id"`
			To           string `json:"to"`
			Direction    string `json:"direction"`
			CustomString string `json:"custom_string"`
		} `json:"data"`
	}
	if json.Unmarshal(data, &page) != nil {
		return "", false, outcome.Uncertain(errors.New("the history cannot be read"))
	}
	for _, m := range page.Data {
		if m.CustomString == one.CustomString && m.To == one.To && m.Direction != "in" {
			return m.ID, true, nil
		}
	}
	return "", false, nil
}
