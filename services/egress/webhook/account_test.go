package webhook_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/webhook"
)

func TestAccount(t *testing.T) {
	with := func(url, secrets string) string { return `{"url":"` + url + `","secret":` + secrets + `}` }
	const app, good = "https://app.example.com/bonychat?tenant=7", `"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
	for _, test := range []struct{ name, account, mistake string }{
		{"url and secret", with(app, good), ""},
		{"a token for a gateway", `{"url":"` + app + `","secret":` + good + `,"bearer":"t"}`, ""},
		{"a public key", `{"url":"` + app + `","secret":` + good + `,"public_key":"whpk_O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="}`, ""},
		{"a public key without its prefix", `{"url":"` + app + `","secret":` + good + `,"public_key":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="}`, "account.public_key: must be whpk_"},
		{"a public key that is too short", `{"url":"` + app + `","secret":` + good + `,"public_key":"whpk_c2hvcnQ="}`, "account.public_key: must be whpk_"},
		{"two secrets", with(app, `[`+good+`,"whsec_aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyB0byBzaWdu"]`), ""},
		{"nothing at all", `{}`, "[account.url: is required account.secret: is required]"},
		{"no scheme", with("app.example.com", good), "account.url: must be"},
		{"another scheme", with("ftp://app.example.com", good), "account.url: must be"},
		{"credentials", with("https://u:p@app.example.com", good), "account.url: must be"},
		{"a fragment", with(app+"#x", good), "account.url: must be"},
		{"no prefix", with(app, `"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`), "account.secret: must begin with whsec_"},
		{"no base64", with(app, `"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!"`), "account.secret: must be 24 to 64 bytes"},
		{"too short", with(app, `"whsec_c2hvcnQ="`), "account.secret: must be 24 to 64 bytes"},
		{"too long", with(app, `"whsec_`+strings.Repeat("MfKQ9r8GKYqr", 8)+`"`), "account.secret: must be 24 to 64 bytes"},
		{"one of two is wrong", with(app, `[`+good+`,"whsec_c2hvcnQ="]`), "account.secret: must be 24 to 64 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(webhook.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}
