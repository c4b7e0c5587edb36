package matrix_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/matrix"
)

func TestAccount(t *testing.T) {
	right := map[string]string{
		"homeserver": "https://matrix.example.org", "as_token": "as-1", "hs_token": "hs-1", "user_prefix": "soporte", "server_name": "example.org",
	}
	for _, test := range []struct{ name, field, value, mistake string }{
		{"right", "homeserver", "https://matrix.example.org:8448/", ""},
		{"a server with a port", "server_name", "localhost:8008", ""},
		{"a server by its address", "server_name", "[::1]:8008", ""},
		{"no homeserver", "homeserver", "", "account.homeserver: is required"},
		{"a homeserver with a path", "homeserver", "https://example.org/_matrix", "account.homeserver: must be"},
		{"a homeserver with credentials", "homeserver", "https://u:p@example.org", "account.homeserver: must be"},
		{"a homeserver without scheme", "homeserver", "example.org", "account.homeserver: must be"},
		{"no as_token", "as_token", "", "account.as_token: is required"},
		{"no hs_token", "hs_token", "", "account.hs_token: is required"},
		{"a token with a space", "hs_token", "a b", "account.hs_token: must hold no space"},
		{"one token for both", "hs_token", "as-1", "account.hs_token: must be another one"},
		{"no name", "user_prefix", "", "account.user_prefix: is required"},
		{"a name in capitals", "user_prefix", "Soporte", "account.user_prefix: must be"},
		{"a whole user id", "user_prefix", "@soporte:example.org", "account.user_prefix: must be"},
		{"a name too long", "user_prefix", strings.Repeat("a", 129), "account.user_prefix: must be"},
		{"no server", "server_name", "", "account.server_name: is required"},
		{"a server that is a URL", "server_name", "https://example.org", "account.server_name: must be"},
		{"an unknown field", "api", "https://example.org", "account.api: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			account := map[string]string{}
			for k, v := range right {
				account[k] = v
			}
			account[test.field] = test.value
			data, _ := json.Marshal(account)
			got := fmt.Sprint(matrix.Network.CheckAccount(data))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
			if test.value != "" && strings.Contains(test.name, "token") && strings.Contains(got, test.value) {
				t.Errorf("the mistake holds the value: %s", got)
			}
		})
	}
}

func TestTheRegistrationIsPrinted(t *testing.T) {
	b := newBridge(t)
	sender := b.open("https://matrix.example.org", "example.org")
	got := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/matrix/k7m2")
	want := `id: puente-k7m2
url: https://bridge.example.com/webhooks/matrix/k7m2
as_token: <AS_TOKEN>
hs_token: <HS_TOKEN>
sender_localpart: soporte
rate_limited: false
namespaces:
  users: [{exclusive: true, regex: '@soporte:example\.org'}]
  aliases: [{exclusive: true, regex: '#soporte_.*:example\.org'}]
  rooms: []
`
	if got != want {
		t.Errorf("got:\n%s", got)
	}
}
