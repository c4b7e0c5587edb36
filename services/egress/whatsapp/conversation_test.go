package whatsapp_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

func TestConversations(t *testing.T) { providertest.Run(t, whatsapp.Network, "testdata") }
