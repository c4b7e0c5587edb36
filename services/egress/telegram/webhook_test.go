package telegram_test

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/telegram"
)

// The policy judges as the vectors say, also after its way through JSON.
func TestWebhookVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name    string            `json:"name"`
			Method  string            `json:"method"`
			Headers map[string]string `json:"headers"`
			Body    string            `json:"body"`
			Secret  string            `json:"secret"`
			Valid   bool              `json:"expected_valid"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(data, &file); err != nil || len(file.Vectors) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	wire, err := json.Marshal(telegram.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	for name, policy := range map[string]webhook.Policy{"declared": *telegram.Network.Webhook, "travelled": travelled} {
		for _, v := range file.Vectors {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				call := webhook.Call{Method: v.Method, Header: http.Header{}, Body: []byte(v.Body)}
				for header, value := range v.Headers {
					call.Header.Set(header, value)
				}
				cause := policy.Check(call, webhook.Secrets{"secret_token": {v.Secret}})
				if (cause == webhook.Authentic) != v.Valid {
					t.Errorf("cause %q, want valid %v", cause, v.Valid)
				}
				if got := policy.Dedupe.Find(call); got != "10000" {
					t.Errorf("dedupe key %q", got)
				}
			})
		}
	}
}

func TestStoredCallsHoldNoSecret(t *testing.T) {
	call := webhook.Call{Method: "POST", Header: http.Header{}}
	call.Header.Set("X-Telegram-Bot-Api-Secret-Token", "a-Z_09-token")
	if h := telegram.Network.Webhook.Strip(call).Header; len(h) != 0 {
		t.Errorf("stored headers: %v", h)
	}
}
