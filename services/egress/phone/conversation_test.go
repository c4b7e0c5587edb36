package phone_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/phone"
)

func TestConversations(t *testing.T) { providertest.Run(t, phone.Network, "testdata") }

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, phone.Network, "testdata") }
