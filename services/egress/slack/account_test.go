package slack_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/slack"
)

// Which of the two ways events come by is what the account has secrets for.
func TestTheAccountSaysHowEventsCome(t *testing.T) {
	for _, test := range []struct {
		account         string
		listens, called bool
		wrong           string
	}{
		{account: `{"token": "xoxb-1", "signing_secret": "s"}`, called: true},
		{account: `{"token": "xoxb-1", "signing_secret": ["new", "old"]}`, called: true},
		{account: `{"token": "xoxb-1", "app_token": "xapp-1"}`, listens: true},
		{account: `{"token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "s"}`, listens: true, called: true},
		{account: `{"token": "xoxb-1"}`, wrong: "[account.signing_secret: is required, or app_token for Socket Mode]"},
		{account: `{"token": "xapp-1", "signing_secret": "s"}`, called: true, wrong: "[account.token: is an app-level token; the bot token begins with xoxb-]"},
		{account: `{"token": "xoxb-1", "app_token": "xoxb-1"}`, listens: true, wrong: "[account.app_token: is a bot token; the app-level token begins with xapp-]"},
		{account: `{"token": "xoxb-1", "signing_secret": "s", "api": "ftp://slack.com"}`, called: true, wrong: "[account.api: must be http or https, a host and perhaps a port, such as https://slack.com]"},
	} {
		wrong := ""
		if errs := slack.Network.CheckAccount(json.RawMessage(test.account)); len(errs) > 0 {
			wrong = fmt.Sprint(errs)
		}
		if wrong != test.wrong {
			t.Errorf("%s: %s", test.account, wrong)
		}
		bound, err := slack.Network.Bind(json.RawMessage(test.account))
		if err != nil {
			t.Fatal(err)
		}
		sender, err := bound.Open(provider.Host{})
		if err != nil {
			t.Fatal(err)
		}
		if got := sender.(provider.Listener).Listens(); got != test.listens {
			t.Errorf("%s: listens %v", test.account, got)
		}
		if got := sender.(provider.Called).Called(); got != test.called {
			t.Errorf("%s: called %v", test.account, got)
		}
	}
}
