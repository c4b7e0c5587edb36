package viber_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/viber"
)

func TestAccount(t *testing.T) {
	for _, test := range []struct{ name, account, mistake string }{
		{"token and name", `{"auth_token":"44d-61a","name":"Zapatería Gómez"}`, ""},
		{"the longest name", `{"auth_token":"44d-61a","name":"` + strings.Repeat("ñ", 28) + `"}`, ""},
		{"another API", `{"auth_token":"44d-61a","name":"n","api":"http://127.0.0.1:8081"}`, ""},
		{"no token", `{"name":"n"}`, "account.auth_token: is required"},
		{"no name", `{"auth_token":"44d-61a"}`, "account.name: is required"},
		{"too long a name", `{"auth_token":"44d-61a","name":"` + strings.Repeat("ñ", 29) + `"}`, "account.name: must be at most 28 characters"},
		{"an API with a path", `{"auth_token":"44d-61a","name":"n","api":"https://chatapi.viber.com/pa"}`, "account.api: must be"},
	} {
		if got := fmt.Sprint(viber.Network.CheckAccount(json.RawMessage(test.account))); test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
			t.Errorf("%s: %s, want %q", test.name, got, test.mistake)
		}
	}
}

func TestInstructions(t *testing.T) {
	s := sendertest.Open(t, viber.Network, `{"auth_token":"44d-61a","name":"n"}`)
	want := `curl 'https://chatapi.viber.com/pa/set_webhook' -H 'X-Viber-Auth-Token: <AUTH_TOKEN>' \
  --data '{"url":"https://bridge.example.com/webhooks/viber/k7m2","event_types":["delivered","seen","failed"],"send_name":true,"send_photo":true}'`
	if got := s.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/viber/k7m2"); got != want {
		t.Errorf("got\n%s", got)
	}
}
