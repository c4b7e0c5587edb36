package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/webhooktest"
)

// TestRefusedCallsAreCheap runs alone: it measures what is allocated.
func TestRefusedCallsAreCheap(t *testing.T) {
	policies := map[string]webhook.Policy{"postmark": postmark, "clicksend": clickSend, "of a batch": {
		Verify: webhook.AnyOf{
			metaHMAC(webhook.Has(webhook.JSON("entry[].changes[].value.id"))), metaHMAC(webhook.HasNot(webhook.JSON("entry[0].id"))),
			metaHMAC(webhook.NoneIn("entry")), metaHMAC(webhook.Equals(webhook.Form("a"), "1")), metaHMAC(webhook.EqualsSecret(webhook.XML("Encrypt"), "app_secret")),
		},
		Handshakes: []webhook.Handshake{{
			When:  []webhook.Condition{webhook.Equals(webhook.JSON("event"), "hello"), webhook.Has(webhook.Form("MessageSid"))},
			Token: webhook.FirstOf(webhook.JSON("entry[0].token"), webhook.XML("a")), Secret: "verify_token", Echo: webhook.JSON("entry[].echo"),
		}},
	}}
	for name, e := range examples {
		policies[name] = e.policy
	}
	const wide = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for name, p := range policies {
		t.Run(name, func(t *testing.T) {
			webhooktest.RefusalsAreCheap(t, p, secretsOf(p, "MCowBQYDK2VwAyEA", wide))
		})
	}
}

func metaHMAC(only webhook.Condition) webhook.HMAC {
	h := meta.Verify.(webhook.HMAC)
	h.Only = []webhook.Condition{only}
	return h
}

// secretsOf gives every field that a policy could name two live secrets.
func secretsOf(p webhook.Policy, secrets ...string) webhook.Secrets {
	var words any
	data, _ := json.Marshal(p)
	_ = json.Unmarshal(data, &words)
	names, account := map[string]bool{}, webhook.Secrets{}
	fields(words, names)
	for name := range names {
		account[name] = secrets
	}
	return account
}
