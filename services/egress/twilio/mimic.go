package twilio

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes the call of an incoming text up: https://www.twilio.com/docs/messaging/guides/webhook-request
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	channel, _ := split(a.From)
	from := cmp.Or(s.Contact, "+34600111222")
	if channel != "" {
		from = channel + ":" + from
	}
	sid := fmt.Sprintf("SM%032x", s.Number)
	form := url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "AccountSid": {a.AccountSid}, "ApiVersion": {"2010-04-01"}, "NumMedia": {"0"},
		"NumSegments": {"1"}, "SmsStatus": {"received"}, "From": {from}, "To": {a.From}, "Body": {s.Text},
	}
	return webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(form.Encode())}, nil
}
