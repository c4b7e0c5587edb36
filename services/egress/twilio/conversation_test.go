package twilio_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/twilio"
)

func TestConversations(t *testing.T) { providertest.Run(t, twilio.Network, "testdata") }
