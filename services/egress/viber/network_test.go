package viber_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/viber"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Sign: func(c *webhook.Call, secrets webhook.Secrets) {
		c.Header.Set("X-Viber-Content-Signature", sign(secrets["auth_token"][0], string(c.Body)))
	}}.Run(t, viber.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, viber.Network, "testdata") }

// sign is https://developers.viber.com/docs/api/rest-bot-api/#callbacks.
func sign(key, body string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestOnlySignedCallbacksAreAdmitted(t *testing.T) {
	// https://github.com/Viber/viber-bot-node, test/message/message-validator-test.js (Apache-2.0)
	const (
		token     = "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3"
		body      = `{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}`
		signature = "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef"
	)
	for name, test := range map[string]struct {
		signature, body string
		want            webhook.Cause
	}{
		"the vendor's vector": {signature, body, webhook.Authentic},
		"altered":             {signature, body + " ", webhook.Forged},
		"another bot's":       {sign("another", body), body, webhook.Forged},
		"not a signature":     {"abcd", "{}", webhook.Forged},
		"of nothing":          {sign("", body), body, webhook.Forged},
		"not signed":          {"", body, webhook.Unsigned},
	} {
		call := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Body: []byte(test.body)}
		if test.signature != "" {
			call.Header.Set("X-Viber-Content-Signature", test.signature)
		}
		got := viber.Network.Webhook.Examine(call, webhook.Secrets{"auth_token": {token}})
		if got.Cause != test.want {
			t.Errorf("%s: %q, want %q", name, got.Cause, test.want)
		}
		// what set_webhook asks is answered at once, once it has proved itself
		if greeted := test.want == webhook.Authentic; got.Handshake != greeted || (got.Answer.Status == http.StatusOK) != greeted {
			t.Errorf("%s: handshake %v, answered %d", name, got.Handshake, got.Answer.Status)
		}
	}
}

// One token stands for a message and for all that becomes of it.
func TestReceiptsAreNotRepeatsOfEachOther(t *testing.T) {
	seen := map[string]bool{}
	for _, event := range []string{"delivered", "seen", "failed"} {
		call := webhook.Call{Method: http.MethodPost, Body: []byte(`{"event":"` + event + `","message_token":5741311803571721087}`)}
		if key := viber.Network.Webhook.Dedupe.Find(call); key == "" || seen[key] {
			t.Errorf("%s: key %q", event, key)
		} else {
			seen[key] = true
		}
	}
}
