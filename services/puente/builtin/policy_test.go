package builtin

import (
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/webhooktest"
)

// TestAStrangersCallsAreCheapToRefuse by the policy of any network. It runs alone: it measures what is allocated.
func TestAStrangersCallsAreCheapToRefuse(t *testing.T) {
	for _, n := range drivers {
		d := n.Describe()
		if d.Webhook == nil {
			continue
		}
		account := webhook.Secrets{}
		for _, f := range d.Fields {
			account[f.Name] = []string{"a-live-secret-0123456789", "another-live-secret-0123456789"}
		}
		t.Run(d.Name, func(t *testing.T) { webhooktest.RefusalsAreCheap(t, *d.Webhook, account) })
	}
}
