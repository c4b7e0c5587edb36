package telegramtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

func TestWebhook(t *testing.T) {
	api, sender := start(t)
	if _, err := api.Deliver(t.Context(), api.Text(17, "hola")); err == nil {
		t.Error("delivered to nobody")
	}
	if _, err := sender.(provider.Setter).Setup(t.Context(), "https://bridge.example.com/webhooks/telegram/k7"); err != nil {
		t.Fatal(err)
	}
	hook := api.Webhook()
	if hook.URL != "https://bridge.example.com/webhooks/telegram/k7" || hook.SecretToken != "s3cret" || len(hook.AllowedUpdates) != 4 {
		t.Errorf("registered: %+v", hook)
	}
	calls := len(api.Calls())
	if _, err := sender.(provider.Setter).Setup(t.Context(), hook.URL); err != nil || len(api.Calls()) != calls+1 {
		t.Errorf("a second set-up made %d calls: %v", len(api.Calls())-calls, err)
	}

	var secrets, bodies []string
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		secrets = append(secrets, r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
		if len(bodies) > 1 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer far.Close()
	hook.URL = far.URL
	api.Register(hook)
	update := api.Text(17, "hola")
	for i, want := range []int{200, 401} {
		if status, err := api.Deliver(t.Context(), update); err != nil || status != want {
			t.Errorf("delivery %d: %d, %v", i, status, err)
		}
	}
	if bodies[0] != bodies[1] || !strings.Contains(bodies[0], `"update_id":1`) || secrets[0] != "s3cret" {
		t.Errorf("deliveries: %v with %v", bodies, secrets)
	}
	if !strings.Contains(api.Webhook().LastError, "401") {
		t.Errorf("last error %q", api.Webhook().LastError)
	}
}
