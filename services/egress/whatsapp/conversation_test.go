package whatsapp_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Oracle: cloudAPI{oracle.New()}, Sign: func(c *webhook.Call, secrets webhook.Secrets) {
		c.Header.Set("X-Hub-Signature-256", sign(secrets["app_secret"][0], string(c.Body)))
	}}.Run(t, whatsapp.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, whatsapp.Network, "testdata") }
