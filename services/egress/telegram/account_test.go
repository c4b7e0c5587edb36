package telegram_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"

	"github.com/bonychat/puente/services/egress/telegram"
)

func TestAccount(t *testing.T) {
	long := strings.Repeat("a", 256)
	for _, test := range []struct {
		name, account, mistake string
	}{
		{"token and secret", `{"token":"1:a","secret_token":"A-z_0"}`, ""},
		{"longest secret", `{"token":"1:a","secret_token":"` + long + `"}`, ""},
		{"api with port", `{"token":"1:a","secret_token":"s","api":"http://127.0.0.1:8081"}`, ""},
		{"api with a slash at its end", `{"token":"1:a","secret_token":"s","api":"https://tg.example.com/"}`, ""},
		{"no token", `{"secret_token":"s"}`, "account.token: is required"},
		{"no secret", `{"token":"1:a"}`, "account.secret_token: is required"},
		{"empty secret", `{"token":"1:a","secret_token":""}`, "account.secret_token: is required"},
		{"secret too long", `{"token":"1:a","secret_token":"` + long + `a"}`, "account.secret_token: must be 1 to 256"},
		{"secret with other characters", `{"token":"1:a","secret_token":"contraseña"}`, "account.secret_token: must be 1 to 256"},
		{"api with a path", `{"token":"1:a","secret_token":"s","api":"https://tg.example.com/bot"}`, "account.api: must be"},
		{"api with a query", `{"token":"1:a","secret_token":"s","api":"https://tg.example.com?x"}`, "account.api: must be"},
		{"api with credentials", `{"token":"1:a","secret_token":"s","api":"https://u:p@tg.example.com"}`, "account.api: must be"},
		{"api without scheme", `{"token":"1:a","secret_token":"s","api":"tg.example.com"}`, "account.api: must be"},
		{"api of another scheme", `{"token":"1:a","secret_token":"s","api":"ftp://tg.example.com"}`, "account.api: must be"},
		{"mode webhook", `{"token":"1:a","secret_token":"s","mode":"webhook"}`, ""},
		{"mode webhook without a secret", `{"token":"1:a","mode":"webhook"}`, "account.secret_token: is required"},
		{"mode poll needs no secret", `{"token":"1:a","mode":"poll"}`, ""},
		{"mode poll with a secret", `{"token":"1:a","secret_token":"s","mode":"poll"}`, "account.secret_token: is for mode webhook"},
		{"another mode", `{"token":"1:a","mode":"push"}`, "account.mode: must be webhook or poll"},
		{"nothing at all", `{}`, "[account.token: is required account.secret_token: is required]"},
		{"secret with a space, told once", `{"token":"1:a","secret_token":"a b"}`, "[account.secret_token: must hold no space or line break]"},
		{"unknown field", `{"token":"1:a","secret_token":"s","tokem":"x"}`, "account.tokem: unknown field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(telegram.Network.CheckAccount(json.RawMessage(test.account)))
			if test.mistake == "" && got != "[]" || !strings.Contains(got, test.mistake) {
				t.Errorf("got %s, want %q", got, test.mistake)
			}
		})
	}
}

func TestAccountDefaultsToTelegram(t *testing.T) {
	sender := open(t, `{"token":"1:a","secret_token":"s"}`)
	got := sender.(provider.Instructor).Instructions("https://bridge.example.com/webhooks/telegram/k7m2")
	want := `curl 'https://api.telegram.org/bot<TOKEN>/setWebhook' \
  --data-urlencode 'url=https://bridge.example.com/webhooks/telegram/k7m2' \
  --data-urlencode 'secret_token=<SECRET_TOKEN>' \
  --data-urlencode 'allowed_updates=["message","edited_message","callback_query","my_chat_member"]'`
	if got != want {
		t.Errorf("instructions:\n%s\nwant:\n%s", got, want)
	}
}

// open makes a sender that may reach these addresses.
func open(t *testing.T, account string, configured ...string) provider.Sender {
	t.Helper()
	return sendertest.Open(t, telegram.Network, account, configured...)
}
