package xmpp_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/services/egress/xmpp"
	"github.com/bonychat/puente/services/egress/xmpp/xmpptest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{
		Peer: xmpptest.Peer, Duplex: true,
		Answers: providertest.Answers{Broken: "refuse wait internal-server-error", TooMany: "refuse wait resource-constraint"},
	}.Run(t, xmpp.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, xmpp.Network, "testdata") }
