package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/webhooktest"
)

// TestRefusedCallsAreCheap runs alone: it measures what is allocated.
func TestRefusedCallsAreCheap(t *testing.T) {
	policies := map[string]webhook.Policy{"postmark": postmark, "clicksend": clickSend, "vk": vk, "mattermost": mattermost, "tiktok": tikTok, "whpk": standardPublic, "zoom": zoom, "wecom": weCom, "of a batch": {
		Verify: proof.AnyOf{
			metaHMAC(expr.Has(expr.JSON("entry[].changes[].value.id"))), metaHMAC(expr.HasNot(expr.JSON("entry[0].id"))),
			metaHMAC(expr.NoneIn("entry")), metaHMAC(expr.Equals(expr.Form("a"), "1")), metaHMAC(expr.EqualsSecret(expr.XML("Encrypt"), "app_secret")),
		},
		Handshakes: []webhook.Handshake{{
			When:  []expr.Condition{expr.Equals(expr.JSON("event"), "hello"), expr.Has(expr.Form("MessageSid"))},
			Token: expr.FirstOf(expr.JSON("entry[0].token"), expr.XML("a")), Secret: "verify_token", Echo: expr.JSON("entry[].echo"),
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

func metaHMAC(only expr.Condition) proof.HMAC {
	h := meta.Verify.(proof.HMAC)
	h.Only = []expr.Condition{only}
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
