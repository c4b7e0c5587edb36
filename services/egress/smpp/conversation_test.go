package smpp_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/services/egress/smpp"
	"github.com/bonychat/puente/services/egress/smpp/smpptest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{
		Peer: smpptest.Peer, Duplex: true,
		Answers: providertest.Answers{Broken: "answer 0x08", TooMany: "answer 0x58", Unauthorized: "answer 0x0E"},
	}.Run(t, smpp.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, smpp.Network, "testdata") }
