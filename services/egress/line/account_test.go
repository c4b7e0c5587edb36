package line_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/line"
)

func TestAccount(t *testing.T) {
	with := func(more string) string {
		return `{"channel_access_token":"t","channel_secret":"s"` + more + `}`
	}
	for _, test := range []struct {
		name, account, mistake string
	}{
		{"token and secret", with(""), ""},
		{"two secrets", `{"channel_access_token":"t","channel_secret":["new","old"]}`, ""},
		{"other addresses", with(`,"api":"http://127.0.0.1:8081","api_data":"https://data.example.com/"`), ""},
		{"nothing at all", `{}`, "[account.channel_access_token: is required account.channel_secret: is required]"},
		{"empty token", `{"channel_access_token":"","channel_secret":"s"}`, "account.channel_access_token: is required"},
		{"secret with a space, told once", `{"channel_access_token":"t","channel_secret":"a b"}`, "[account.channel_secret: must hold no space or line break]"},
		{"api with a path", with(`,"api":"https://api.line.me/v2"`), "account.api: must be"},
		{"api without scheme", with(`,"api":"api.line.me"`), "account.api: must be"},
		{"api of another scheme", with(`,"api":"ftp://api.line.me"`), "account.api: must be"},
		{"api with credentials", with(`,"api":"https://u:p@api.line.me"`), "account.api: must be"},
		{"api_data with a query", with(`,"api_data":"https://api-data.line.me?x"`), "account.api_data: must be"},
		{"both wrong", with(`,"api":"x","api_data":"y"`), "account.api_data: must be"},
		{"unknown field", with(`,"secret":"x"`), "account.secret: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(line.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}

func TestAccountDefaultsToLINE(t *testing.T) {
	sender := sendertest.Open(t, line.Network, `{"channel_access_token":"t","channel_secret":"s"}`)
	got := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/line/k7m2")
	for _, want := range []string{
		"curl -X PUT 'https://api.line.me/v2/bot/channel/webhook/endpoint'", `{"endpoint":"https://bridge.example.com/webhooks/line/k7m2"}`,
		"<CHANNEL_ACCESS_TOKEN>", `"Use webhook"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
}

// A channel of LINE's has one budget, whatever token it is called with.
func TestIdentityIsTheChannel(t *testing.T) {
	one, two := line.Account{}, line.Account{}
	one.ChannelAccessToken, two.ChannelAccessToken = provider.NewSecret("a"), provider.NewSecret("b")
	one.ChannelSecret, two.ChannelSecret = provider.NewSecrets("s"), provider.NewSecrets("s", "old")
	if one.Identity() != two.Identity() {
		t.Error("two tokens of one channel are two")
	}
	two.ChannelSecret = provider.NewSecrets("other")
	if one.Identity() == two.Identity() {
		t.Error("two channels are one")
	}
}
