package clicksend

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a push of an incoming SMS up, as a form: https://developers.clicksend.com/docs/automations/sms
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	if a.Mode == Poll {
		return webhook.Call{}, provider.ErrNotCalled
	}
	from := cmp.Or(s.Contact, "+34600111222")
	form := url.Values{
		"message_id": {fmt.Sprintf("trigger-%d", s.Number)}, "from": {from}, "sms": {from}, "to": {a.From}, "body": {s.Text}, "message": {s.Text},
		"timestamp": {strconv.FormatInt(s.At.Unix(), 10)},
	}
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(form.Encode())}, nil
}
