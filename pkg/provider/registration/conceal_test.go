package registration_test

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/registration"
)

// ravenAccount has a credential of each kind.
type ravenAccount struct {
	Key  provider.Secret  `json:"key"`
	Live provider.Secrets `json:"live,omitempty"`
	API  string           `json:"api,omitempty"`
}

// Whatever the code of a network says, its credentials are taken out.
func TestCredentialsAreConcealed(t *testing.T) {
	t.Parallel()
	raven := provider.Network[ravenAccount]{Name: "raven", Open: func(ravenAccount, provider.Host) (provider.Sender, error) { return idle{}, nil }}
	for _, test := range []struct{ name, account, text, want string }{
		{"as it is", `{"key":"123456:AAE-test/token"}`, "with 123456:AAE-test/token", "with [secret]"},
		{"in a path", `{"key":"123456:AAE-test/token"}`, "http://127.0.0.1:1/bot123456:AAE-test%2Ftoken/x", "http://127.0.0.1:1/bot[secret]/x"},
		{"in a query", `{"key":"123456:AAE-test/token"}`, "?t=123456%3AAAE-test%2Ftoken", "?t=[secret]"},
		{"each of a list", `{"key":"one","live":["two","three"]}`, "one two three four", "[secret] [secret] [secret] four"},
		{"one that begins with another", `{"key":"zero","live":["abc","abcdef"]}`, "now abcdef, before abc", "now [secret], before [secret]"},
		{"what is no credential stays", `{"key":"zero","api":"http://127.0.0.1:1"}`, "http://127.0.0.1:1", "http://127.0.0.1:1"},
		{"an account that cannot be read", `[]`, "as it is", "as it is"},
	} {
		if got := registration.Conceal(test.text, raven, json.RawMessage(test.account)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
