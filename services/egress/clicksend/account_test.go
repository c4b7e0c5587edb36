package clicksend_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/clicksend"
)

func TestAccount(t *testing.T) {
	with := func(more string) string { return `{"username":"acme","api_key":"k"` + more + `}` }
	for _, test := range []struct {
		name, account, mistake string
	}{
		{"least", with(`,"webhook_token":"t"`), ""},
		{"a token that is being changed", with(`,"webhook_token":["new","old"]`), ""},
		{"one of two tokens with other characters", with(`,"webhook_token":["new","o&d"]`), "account.webhook_token: must be 1 to 256"},
		{"mode webhook", with(`,"webhook_token":"t","mode":"webhook"`), ""},
		{"mode poll needs no token", with(`,"mode":"poll"`), ""},
		{"an address as username", `{"username":"a@example.com","api_key":"k","mode":"poll"}`, ""},
		{"from a number", with(`,"mode":"poll","from":"+61411111111"`), ""},
		{"from a short code", with(`,"mode":"poll","from":"19712"`), ""},
		{"from an alpha tag", with(`,"mode":"poll","from":"Acme"`), ""},
		{"longest alpha tag", with(`,"mode":"poll","from":"AcmeSupport"`), ""},
		{"api with port", with(`,"mode":"poll","api":"http://127.0.0.1:8081"`), ""},
		{"nothing at all", `{}`, "[account.api_key: is required account.username: is required account.webhook_token: is required]"},
		{"no token", with(``), "account.webhook_token: is required"},
		{"token with other characters", with(`,"webhook_token":"a&b"`), "account.webhook_token: must be 1 to 256"},
		{"token too long", with(`,"webhook_token":"` + strings.Repeat("a", 257) + `"`), "account.webhook_token: must be 1 to 256"},
		{"mode poll with a token", with(`,"mode":"poll","webhook_token":"t"`), "account.webhook_token: is for mode webhook"},
		{"another mode", with(`,"mode":"push"`), "account.mode: must be webhook or poll"},
		{"username with a colon", `{"username":"a:b","api_key":"k","mode":"poll"}`, "account.username: must hold no colon"},
		{"alpha tag too long", with(`,"mode":"poll","from":"AcmeSupport1"`), "account.from: must be a number"},
		{"from with a space", with(`,"mode":"poll","from":"Acme Ltd"`), "account.from"},
		{"api with a path", with(`,"mode":"poll","api":"https://rest.clicksend.com/v3"`), "account.api: must be"},
		{"unknown field", with(`,"mode":"poll","sender":"x"`), "account.sender: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(clicksend.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(sorted(got), sorted(test.mistake)) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}

// sorted leaves the order of mistakes out of the comparison where all are wanted.
func sorted(s string) string {
	if !strings.HasPrefix(s, "[account.") || strings.Count(s, "is required") < 3 {
		return s
	}
	return fmt.Sprint(strings.Count(s, "api_key: is required"), strings.Count(s, "username: is required"), strings.Count(s, "webhook_token: is required"))
}

// Channels of one user share what ClickSend counts by, whatever they send from and however they hear.
func TestIdentityIsTheUser(t *testing.T) {
	one := clicksend.Account{Username: "acme", APIKey: provider.NewSecret("a"), From: "+61411111111", Mode: clicksend.Poll}
	two := clicksend.Account{Username: "acme", APIKey: provider.NewSecret("b"), From: "Acme"}
	if one.Identity() != two.Identity() || one.Identity() == (clicksend.Account{Username: "other"}).Identity() {
		t.Errorf("%q, %q", one.Identity(), two.Identity())
	}
}

func TestInstructions(t *testing.T) {
	sender := sendertest.Open(t, clicksend.Network, `{"username":"acme","api_key":"the-key","webhook_token":"t0ken"}`)
	got := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/clicksend/k7m2")
	want := `curl -u '<USERNAME>:<API_KEY>' 'https://rest.clicksend.com/v3/automations/sms/inbound' \
  -H 'Content-Type: application/json' -d '{"action":"URL","action_address":"https://bridge.example.com/webhooks/clicksend/k7m2?token=<WEBHOOK_TOKEN>","dedicated_number":"*","enabled":1,"message_search_term":"","message_search_type":0,"rule_name":"Puente k7m2","webhook_type":"post"}'
curl -u '<USERNAME>:<API_KEY>' 'https://rest.clicksend.com/v3/automations/sms/receipts' \
  -H 'Content-Type: application/json' -d '{"action":"URL","action_address":"https://bridge.example.com/webhooks/clicksend/k7m2?token=<WEBHOOK_TOKEN>","enabled":1,"match_type":0,"rule_name":"Puente k7m2"}'
or add the same two rules in ClickSend's dashboard, under SMS: an inbound rule and a delivery report rule, each with the action URL`
	if got != want {
		t.Errorf("instructions:\n%s\nwant:\n%s", got, want)
	}
}
