package whatsapp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

func TestAccount(t *testing.T) {
	with := func(more string) string {
		return `{"phone_number_id":"106540352242922","access_token":"t","app_secret":"s","verify_token":"v"` + more + `}`
	}
	for _, test := range []struct {
		name, account, mistake string
	}{
		{"what is required", with(""), ""},
		{"api with port", with(`,"api":"http://127.0.0.1:8081"`), ""},
		{"template", with(`,"template":{"name":"aviso_2","language":"es"}`), ""},
		{"template of a region", with(`,"template":{"name":"aviso","language":"es_MX"}`), ""},
		{"secrets that are being changed", `{"phone_number_id":"1","access_token":"t","app_secret":["new","old"],"verify_token":["new","old"]}`, ""},
		{"nothing", `{}`, "account.phone_number_id: is required account.access_token: is required account.app_secret: is required account.verify_token: is required"},
		{"the number itself", strings.Replace(with(""), "106540352242922", "+1 555 078 3881", 1), "account.phone_number_id: must be digits only"},
		{"template that is a name", with(`,"template":"aviso"`), "account.template: must be an object"},
		{"template without a language", with(`,"template":{"name":"aviso"}`), "account.template.language: must be a code"},
		{"template without a name", with(`,"template":{"language":"es"}`), "account.template.name: must be 1 to 512"},
		{"template in capitals", with(`,"template":{"name":"Aviso","language":"es"}`), "account.template.name: must be 1 to 512"},
		{"template with a mistyped field", with(`,"template":{"name":"aviso","lang":"es"}`), "account.template.lang: unknown field"},
		{"template whose name is a number", with(`,"template":{"name":7,"language":"es"}`), "account.template.name: must be string"},
		{"api with a path", with(`,"api":"https://graph.facebook.com/v23.0"`), "account.api: must be"},
		{"api with credentials", with(`,"api":"https://u:p@graph.facebook.com"`), "account.api: must be"},
		{"token with a space", strings.Replace(with(""), `"t"`, `"t t"`, 1), "account.access_token: must hold no space"},
		{"unknown field", with(`,"waba":"1"`), "account.waba: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(whatsapp.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}

// Throughput is the number's: another token, or another secret, is no other budget.
func TestBudgetsAreTheNumbers(t *testing.T) {
	one := whatsapp.Account{PhoneNumberID: "1", AccessToken: provider.NewSecret("a")}
	other := whatsapp.Account{PhoneNumberID: "1", AccessToken: provider.NewSecret("b")}
	if one.Identity() != other.Identity() || one.Identity() == (whatsapp.Account{PhoneNumberID: "2"}).Identity() {
		t.Errorf("%q, %q", one.Identity(), other.Identity())
	}
}

func TestInstructions(t *testing.T) {
	sender := sendertest.Open(t, whatsapp.Network, `{"phone_number_id":"106540352242922","access_token":"t-secret","app_secret":"s-secret","verify_token":"v-secret"}`)
	got := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/whatsapp/k7m2")
	for _, part := range []string{
		"https://graph.facebook.com/v23.0/106540352242922", `"override_callback_uri": "https://bridge.example.com/webhooks/whatsapp/k7m2"`,
		`"verify_token": "<VERIFY_TOKEN>"`, "Bearer <ACCESS_TOKEN>", "messages,smb_message_echoes",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in:\n%s", part, got)
		}
	}
	if strings.Contains(got, "-secret") {
		t.Errorf("the instructions hold a credential:\n%s", got)
	}
}
