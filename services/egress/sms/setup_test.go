package sms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/sms"
)

// What a person is shown has the request of an example, and names in place of credentials.
func TestInstructionsShowTheRequest(t *testing.T) {
	for name, test := range map[string]struct {
		account string
		want    []string
	}{
		"form": {`{"provider": "vonage", "user": "abcd1234", "password": "S3CRET-pw", "from": "+34911000111", "secret": "S3CRET-hook"}`, []string{
			"https://bridge.example.com/webhooks/sms/c/<SECRET>", "curl -X POST 'https://rest.nexmo.com/sms/json'",
			"--data-urlencode 'api_secret=<PASSWORD>'", "--data-urlencode 'to=34600111222'", "--data-urlencode 'callback=https://bridge.example.com/webhooks/sms/c/<SECRET>'",
		}},
		"json": {`{"provider": "telnyx", "key": "S3CRET-key", "from": "+34911000111", "secret": "S3CRET-hook"}`, []string{
			"-H 'Authorization: Bearer <KEY>'", `"to":"+34600111222"`,
		}},
		"basic, and a credential in the URL": {`{"provider": "custom", "user": "acme", "password": "S3CRET-pw", "key": "S3CRET-key", "secret": "S3CRET-hook",
			"send": {"method": "GET", "url": "https://x.example/{key}?t={text}&n={to}", "basic": {"user": "{user}", "password": "{password}"}}}`, []string{
			"curl -X GET 'https://x.example/<KEY>?t=Hola,%20¿qué%20tal?&n=+34600111222'", "-u 'acme:<PASSWORD>'",
		}},
	} {
		bound, err := sms.Network.Bind(json.RawMessage(test.account))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sender, err := bound.Open(provider.Host{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		shown := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/sms/c")
		for _, want := range test.want {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: no %s in\n%s", name, want, shown)
			}
		}
		if strings.Contains(shown, "S3CRET") {
			t.Errorf("%s: a credential stands in\n%s", name, shown)
		}
	}
}
