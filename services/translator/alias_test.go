package translator_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func aliases(c *provider.Confirms) { c.Aliases = page }

// from is what the platform calls whoever writes.
func (b *bridge) from(channel, id string, c *messagev1.Contact) string {
	b.t.Helper()
	told := len(b.sent(topology.Platform, 0))
	m := inbound(channel, id, c.GetAddress(), content.Text("Hola"))
	m.Contact = c
	b.take(m)
	return b.events(topology.Platform, told+1)[told].GetMessage().GetContact().GetAddress()
}

// A network that spells a number otherwise than it was written to: one person stays one contact.
func TestANumberThatTheNetworkRewritesIsOneContact(t *testing.T) {
	t.Parallel()
	b := startWith(t, aliases)
	m := outbound(phone, "o1", "+525512345678", content.Text("Hola"))
	b.take(m)
	b.sent(network, 1)
	o := outcomeOf(m, eventv1.Result_RESULT_SENT)
	o.Ref, o.Alias = "ref1", "+5215512345678"
	b.conclude(network, o)
	b.eventuallyTold("o1", "sent")
	if got := b.from(phone, "i1", &messagev1.Contact{Address: "+5215512345678"}); got != "+525512345678" {
		t.Errorf("the answer comes from %q", got)
	}
	if got := b.from(phone, "i2", &messagev1.Contact{Address: "+5215500000000"}); got != "+5215500000000" {
		t.Errorf("another's comes from %q", got)
	}
}

func TestAUserIDBesideANumberIsOneContact(t *testing.T) {
	t.Parallel()
	b := startWith(t, aliases)
	if got := b.from(phone, "i1", &messagev1.Contact{Address: "+34600111222", Aliases: []string{"ES.123"}}); got != "+34600111222" {
		t.Fatalf("%q", got)
	}
	if got := b.from(phone, "i2", &messagev1.Contact{Address: "ES.123"}); got != "+34600111222" {
		t.Errorf("without the number: %q", got)
	}
	b.take(inbound(phone, "i3", "ES.999", content.Text("Hola")))
	if d := b.dead(phone); d.GetReason() != "the sender has no phone number (a short code, a name, an id), and the channel names contacts by theirs" {
		t.Errorf("%q", d.GetReason())
	}
}

func TestWithoutTheDeclarationAnAliasIsNoMatter(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.from(phone, "i1", &messagev1.Contact{Address: "+34600111222", Aliases: []string{"+34600999999"}})
	if got := b.from(phone, "i2", &messagev1.Contact{Address: "+34600999999"}); got != "+34600999999" {
		t.Errorf("%q", got)
	}
}

func TestANumberThatAppearsLaterIsTheSameContact(t *testing.T) {
	t.Parallel()
	b := startWith(t, aliases)
	name := b.from(custom, "i1", &messagev1.Contact{Address: "ES.123"})
	if got := b.from(custom, "i2", &messagev1.Contact{Address: "+34600111222", Aliases: []string{"ES.123"}}); got != name {
		t.Errorf("%q first, then %q", name, got)
	}
	if got := b.from(custom, "i3", &messagev1.Contact{Address: "+34600111222"}); got != name {
		t.Errorf("%q first, the number alone %q", name, got)
	}
}
