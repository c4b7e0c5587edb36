package twilio_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/twilio"
)

const (
	accountSid = "AC0123456789abcdef0123456789abcdef"
	authToken  = "an-auth-token-of-twilio"
	serviceSid = "MG0123456789abcdef0123456789abcdef"
)

func account(api, from string) string {
	return fmt.Sprintf(`{"account_sid": %q, "auth_token": %q, "from": %q, "api": %q}`, accountSid, authToken, from, api)
}

// open makes a sender that may reach these addresses.
func open(t *testing.T, account string, configured ...string) provider.Sender {
	t.Helper()
	return sendertest.Open(t, twilio.Network, account, configured...)
}

func TestAccount(t *testing.T) {
	with := func(from string) string {
		return fmt.Sprintf(`{"account_sid":%q,"auth_token":"t","from":%q}`, accountSid, from)
	}
	const badFrom = "account.from: must be"
	for _, test := range []struct{ name, account, mistake string }{
		{"number", with("+34911000111"), ""},
		{"short code", with("12345"), ""},
		{"word", with("Mi Tienda"), ""},
		{"longest word", with("Tienda12345"), ""},
		{"WhatsApp number", with("whatsapp:+34911000111"), ""},
		{"RCS agent", with("rcs:tienda_agent"), ""},
		{"Messenger page", with("messenger:1048392057"), ""},
		{"Messaging Service", with(serviceSid), ""},
		{"api with port", account("http://127.0.0.1:8081", "+34911000111"), ""},
		{"number without plus", with("34911000111"), badFrom},
		{"number with spaces", with("+34 911 000 111"), badFrom},
		{"word of 12", with("Tienda123456"), badFrom},
		{"word with a space at its end", with("Tienda "), badFrom},
		{"word with other letters", with("Señor"), badFrom},
		{"WhatsApp without a number", with("whatsapp:"), badFrom},
		{"another channel", with("telegram:1"), badFrom},
		{"Messaging Service cut short", with("MG0123456789abcdef"), badFrom},
		{"another SID", with(strings.Replace(serviceSid, "MG", "PN", 1)), badFrom},
		{"API key as account", `{"account_sid":"SK1","auth_token":"t","from":"12345"}`, "account.account_sid: must be AC"},
		{"path in the SID", `{"account_sid":"AC1/../x","auth_token":"t","from":"12345"}`, "account.account_sid: must be AC"},
		{"api with a path", account("https://api.twilio.com/2010", "12345"), "account.api: must be"},
		{"api without scheme", account("api.twilio.com", "12345"), "account.api: must be"},
		{"nothing at all", `{}`, "[account.account_sid: is required account.auth_token: is required account.from: is required"},
		{"unknown field", `{"account_sid":"AC1","auth_token":"t","from":"12345","sender":"x"}`, "account.sender: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(twilio.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}

func TestChannelsOfOneAccountShareItsBudget(t *testing.T) {
	one, two := twilio.Account{AccountSid: accountSid, From: "+34911000111"}, twilio.Account{AccountSid: accountSid, From: "Tienda"}
	if one.Identity() != accountSid || one.Identity() != two.Identity() {
		t.Errorf("%q and %q", one.Identity(), two.Identity())
	}
}

func TestInstructions(t *testing.T) {
	const url = "https://bridge.example.com/webhooks/twilio/k7m2"
	for from, want := range map[string]string{
		"+34911000111": `curl 'https://api.twilio.com/2010-04-01/Accounts/<ACCOUNT_SID>/IncomingPhoneNumbers/<PHONE_NUMBER_SID>.json' \
  -u '<ACCOUNT_SID>:<AUTH_TOKEN>' \
  --data-urlencode 'SmsUrl=` + url + `#rc=5&rp=all' --data-urlencode 'SmsMethod=POST'`,
		"whatsapp:+34911000111": "In Twilio's console enter at Messaging, Senders, WhatsApp senders, the sender, Webhook URL for incoming " +
			"messages, with HTTP POST: " + url + "#rc=5&rp=all",
		serviceSid: "In Twilio's console enter at Messaging, Services, the service, Integration, Send a webhook, Request URL, with " +
			"HTTP POST: " + url + "#rc=5&rp=all",
		"Mi Tienda": "none: nobody can answer an alphanumeric sender",
	} {
		account := strings.Replace(account("", from), `, "api": ""`, "", 1)
		if got := open(t, account).(provider.Instructor).Instructions(url); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", from, got, want)
		}
	}
}
