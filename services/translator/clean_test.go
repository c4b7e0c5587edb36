package translator_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"
)

// TestControlsAreTakenOutBothWays: a NUL stops neither a contact nor an agent.
func TestControlsAreTakenOutBothWays(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	in := inbound(custom, "i1", "ana", content.Text("a\x00b\tc\n"))
	b.take(in)
	echo := inbound(custom, "i2", "ana", content.Text("e\x00f"))
	b.takeEvent(echo, echoOf(echo, "theirs"))
	b.take(outbound(custom, "m1", "luis", content.Text("g\x01h")))
	got := b.events(topology.Platform, 2)
	if a, e := got[0].GetMessage().GetContent().GetText().GetBody(), got[1].GetEcho().GetMessage().GetContent().GetText().GetBody(); a != "ab\tc\n" || e != "ef" {
		t.Errorf("the platform is told %q and %q", a, e)
	}
	if body := b.events(network, 1)[0].GetMessage().GetContent().GetText().GetBody(); body != "gh" {
		t.Errorf("the network is sent %q", body)
	}
}
