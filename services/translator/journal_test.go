package translator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

func TestTheJournalTellsAMessagesWay(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	const address, body = "@ana:example.org", "zanahoria"
	b.take(inbound(custom, "i1", address, content.Text(body)))
	arrived := b.events(topology.Platform, 1)[0].GetMessage()
	b.conclude(topology.Platform, outcomeOf(arrived, eventv1.Result_RESULT_SENT))

	b.take(outbound(custom, "o1", arrived.GetContact().GetAddress(), content.Text(body)))
	part := b.events(network, 1)[0].GetMessage()
	waiting := outcomeOf(part, eventv1.Result_RESULT_WAITING)
	waiting.Reason = "the network is out of order"
	b.conclude(network, waiting)
	b.sentAs(part, "ref1")
	b.eventuallyTold("o1", "sent")
	b.receipt("ref1", delivered, "")
	b.receipt("ref1", read, "")
	b.eventuallyTold("o1", "sent", "delivered", "read")

	b.take(inbound(custom, "i2", address, content.Text(body)))
	lost := outcomeOf(b.events(topology.Platform, 5)[4].GetMessage(), eventv1.Result_RESULT_FAILED)
	lost.Reason = "the platform refuses the event (400)"
	b.conclude(topology.Platform, lost)

	contact := ""
	for id, want := range map[string][]string{
		"i1": {"egress-testnet accepted", "translator routed", "egress-bonychat sent"},
		"i2": {"egress-testnet accepted", "translator routed", "egress-bonychat dead"},
		"o1": {
			"ingress accepted", "translator routed", "egress-testnet waiting", "egress-testnet sent", "egress-testnet delivered",
			"egress-testnet read",
		},
	} {
		b.eventually("the journal has "+want[len(want)-1]+" of "+id, func() bool {
			hops, _ := b.history(id)
			return len(hops) >= len(want)
		})
		hops, entries := b.history(id)
		if diff := cmp.Diff(want, hops); diff != "" {
			t.Errorf("%s:\n%s", id, diff)
		}
		for _, e := range entries {
			if contact == "" {
				contact = e.GetContact()
			}
			if e.GetContact() != contact || len(contact) != digest.Length {
				t.Errorf("%s: the contact is %q at %s, and was %q", id, e.GetContact(), e.GetHop(), contact)
			}
			if e.GetAt().AsTime().IsZero() || e.GetNetwork() != network || e.GetChannel() != custom {
				t.Errorf("%s: incomplete: %v", id, e)
			}
		}
	}
	_, entries := b.history("o1")
	digest := record.RefDigest(b.bus, network, custom, "ref1")
	if entries[2].GetReason() != waiting.GetReason() || entries[3].GetRef() != digest || entries[4].GetRef() != digest {
		t.Errorf("reason or ref is missing: %v", entries)
	}
	for _, s := range b.broker.read(t, topology.Journal.Name) {
		for _, secret := range []string{address, "@ana", body, "ref1"} {
			if strings.Contains(string(s.body), secret) {
				t.Errorf("an entry holds %q", secret)
			}
		}
	}
}

func TestTheJournalNamesANumberInOneWay(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(inbound(phone, "i1", "+34600111222", content.Text("Hola")))
	b.take(outbound(phone, "o1", "+34600111222", content.Text("Hola")))
	part := b.events(network, 1)[0].GetMessage()
	b.conclude(network, outcomeOf(part, eventv1.Result_RESULT_SENT))
	b.eventuallyTold("o1", "sent")
	contacts := map[string]bool{}
	for _, id := range []string{"i1", "o1"} {
		b.eventually("the journal has "+id, func() bool { hops, _ := b.history(id); return len(hops) >= 2 })
		_, entries := b.history(id)
		for _, e := range entries {
			contacts[e.GetContact()] = true
		}
	}
	if len(contacts) != 1 {
		t.Errorf("one contact is called %v", contacts)
	}
}

// While the journal cannot be written, messages go on, those behind them too; and what the journal does not have stays in the
// stream, so that who comes next tells it.
func TestWhatTheJournalDoesNotHaveIsToldAgain(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	var want []string
	stop := b.run()
	b.take(outbound(custom, "o0", "bea", content.Text("cero")))
	b.events(network, 1) // it runs
	b.server.Without(topology.Journal.Name, func() {
		for _, id := range []string{"o1", "o2", "o3"} {
			b.take(outbound(custom, id, "ana", content.Text("uno")))
			want = append(want, id)
		}
		for i, e := range b.events(network, 4)[1:] {
			if e.GetMessage().GetId() != want[i] {
				t.Errorf("%s is on its way where %s should be", e.GetMessage().GetId(), want[i])
			}
			b.conclude(network, outcomeOf(e.GetMessage(), eventv1.Result_RESULT_SENT))
		}
		b.eventuallyTold("o3", "sent")
		stop()
	})
	b.run()
	for _, id := range want {
		b.eventually("the journal has "+id, func() bool {
			hops, _ := b.history(id)
			return slices.Contains(hops, "ingress accepted") && slices.Contains(hops, "translator routed") && slices.Contains(hops, "egress-testnet sent")
		})
	}
	if n := len(messages(b.events(network, 4), "ana")); n != 3 {
		t.Errorf("%d messages are on their way", n)
	}
}
