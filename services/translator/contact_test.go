package translator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestAnAddressThatFitsTheContractIsTheName(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := inbound(custom, "i1", "1234567", content.Text("Hola"))
	m.Contact.Profile = &messagev1.Profile{FirstName: "Ana"}
	b.take(m)
	got := b.events(topology.Platform, 1)[0].GetMessage()
	if c := got.GetContact(); c.GetAddress() != "1234567" || c.GetProfile().GetFirstName() != "Ana" {
		t.Errorf("contact %v", c)
	}
	b.take(outbound(custom, "o1", "1234567", content.Text("Hola")))
	if got := messages(b.events(network, 1), "1234567"); len(got) != 1 {
		t.Error("the answer went elsewhere")
	}
}

func TestAnAddressThatDoesNotFitGetsADigestAndIsFoundByIt(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for i, address := range []string{
		"@ana:example.org", strings.Repeat("a", 51), "9f1c-22", "José",
		"abcdefghijklmnopqrstuvwxyz", // looks like a digest
	} {
		id := string(rune('a' + i))
		told := len(b.sent(topology.Platform, 0))
		b.take(inbound(custom, "i"+id, address, content.Text("Hola")))
		name := b.events(topology.Platform, told+1)[told].GetMessage().GetContact().GetAddress()
		if name == address || customchannel.Custom.Check(name) != nil || len(name) != digest.Length {
			t.Errorf("%q is called %q", address, name)
		}
		b.take(inbound(custom, "j"+id, address, content.Text("Adiós")))
		if again := b.events(topology.Platform, told+2)[told+1].GetMessage().GetContact().GetAddress(); again != name {
			t.Errorf("%q is called %q first, then %q", address, name, again)
		}
		sent := len(b.sent(network, 0))
		b.take(outbound(custom, "o"+id, name, content.Text("Hola")))
		if got := b.events(network, sent+1)[sent].GetMessage().GetContact().GetAddress(); got != address {
			t.Errorf("the answer to %q went to %q", address, got)
		}
	}
	b.take(outbound(custom, "o-unknown", "zyxwvutsrqponmlkjihgfedcba", content.Text("Hola")))
	if got := messages(b.events(network, 6), "zyxwvutsrqponmlkjihgfedcba"); len(got) != 1 {
		t.Error("a name that was never seen is not taken as it is")
	}
}

func TestAPhoneChannelNamesContactsByNumber(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for i, test := range []struct{ name, address, profile, want string }{
		{"a number", "+34600111222", "", "+34600111222"},
		{"the profile's number", "user-1", "+34600111444", "+34600111444"},
		{"the profile's number without its plus", "user-2", "34600111555", "+34600111555"},
		{"the number that the profile told once", "user-1", "", "+34600111444"},
	} {
		m := inbound(phone, "i"+string(rune('a'+i)), test.address, content.Text("Hola"))
		if test.profile != "" {
			m.Contact.Profile = &messagev1.Profile{Phone: test.profile}
		}
		b.take(m)
		if got := b.events(topology.Platform, i+1)[i].GetMessage().GetContact().GetAddress(); got != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
	}
	for i, test := range []struct{ name, want string }{
		{"+34600111222", "+34600111222"}, {"+34600111444", "user-1"}, {"+34600111555", "user-2"}, {"+34600111999", "+34600111999"},
	} {
		b.take(outbound(phone, "o"+string(rune('a'+i)), test.name, content.Text("Hola")))
		if got := b.events(network, i+1)[i].GetMessage().GetContact().GetAddress(); got != test.want {
			t.Errorf("the answer to %s went to %q, want %q", test.name, got, test.want)
		}
	}
}

// TestNoNumberIsMadeUp: with a plus before it, a short code or an id would be a stranger's number, and be answered to.
func TestNoNumberIsMadeUp(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for i, address := range []string{"62626", "123456789", "Amazon", "34600111333"} {
		b.take(inbound(phone, "i"+string(rune('a'+i)), address, content.Text("Hola")))
		if d := b.dead(phone); !strings.Contains(d.GetReason(), "has no phone number") {
			t.Errorf("%s: %q", address, d.GetReason())
		}
	}
	if n := len(b.sent(topology.Platform, 0)); n != 0 {
		t.Errorf("%d events for the platform", n)
	}
}

func TestAContactWithoutANumberIsADeadLetterOfAPhoneChannel(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(inbound(phone, "i1", "user-1", content.Text("Hola")))
	d := b.dead(phone)
	if d.GetReason() != "the sender has no phone number (a short code, a name, an id), and the channel names contacts by theirs" {
		t.Errorf("reason %q", d.GetReason())
	}
	hops, _ := b.history("i1")
	if diff := cmp.Diff([]string{"egress-testnet accepted", "translator dead"}, hops); diff != "" {
		t.Error(diff)
	}
	if n := len(b.sent(topology.Platform, 0)); n != 0 {
		t.Errorf("%d events for the platform", n)
	}
}
