package email_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/services/egress/email"
	"github.com/bonychat/puente/services/egress/email/emailtest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{
		Peer:    emailtest.Peer,
		Answers: providertest.Answers{Broken: "broken", TooMany: "busy", Unauthorized: "unauthorized"},
	}.Run(t, email.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, email.Network, "testdata") }
