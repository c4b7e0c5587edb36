package translator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// receipt stores a receipt of a network that names a message by its own id.
func (b *bridge) receipt(ref string, s eventv1.Status, reason string) {
	b.t.Helper()
	digest := record.RefDigest(b.bus, network, custom, ref)
	r := &eventv1.Receipt{Network: network, Channel: custom, Ref: digest, Status: s, Reason: reason, At: timestamppb.Now()}
	b.post(topology.ReceiptSubject(network, custom, digest), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}})
}

// early waits until a receipt that came too soon is remembered.
func (b *bridge) early(ref string, want eventv1.Status) {
	b.t.Helper()
	b.eventually("the receipt is remembered", func() bool {
		var e indexv1.Early
		_, err := b.bus.Read(b.t.Context(), topology.EarlySubject(network, custom, record.RefDigest(b.bus, network, custom, ref)), &e)
		return err == nil && e.GetStatus() == want
	})
}

// waiting is an outbound message that waits on EGRESS.
func (b *bridge) waiting(id string) *messagev1.Message {
	b.t.Helper()
	m := outbound(custom, id, "contact-of-"+id, content.Text("Hola"))
	b.take(m)
	b.eventually(id+" is routed", func() bool { return len(messages(b.events(network, 0), m.GetContact().GetAddress())) > 0 })
	return m
}

func (b *bridge) sentAs(m *messagev1.Message, ref string) {
	b.t.Helper()
	o := outcomeOf(m, eventv1.Result_RESULT_SENT)
	o.Ref = ref
	b.conclude(network, o)
}

func (b *bridge) eventuallyTold(id string, want ...string) {
	b.t.Helper()
	b.eventually("the platform is told", func() bool { return len(b.told(id)) >= len(want) })
	if diff := cmp.Diff(want, b.told(id)); diff != "" {
		b.t.Errorf("%s: %s", id, diff)
	}
}

func TestAReceiptFindsItsMessage(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	b.sentAs(m, "ref1")
	b.eventuallyTold("m1", "sent")
	var ref indexv1.Ref
	digest := record.RefDigest(b.bus, network, custom, "ref1")
	if _, err := b.bus.Read(t.Context(), topology.RefSubject(network, custom, digest), &ref); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&indexv1.Ref{Id: "m1", Position: 1}, &ref, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	for range 5 {
		b.receipt("ref1", delivered, "")
	}
	b.receipt("ref1", read, "")
	b.eventuallyTold("m1", "sent", "delivered", "read")
}

func TestAReceiptBeforeItsOutcomeIsAppliedWithIt(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	b.receipt("ref1", sent, "")
	b.receipt("ref1", delivered, "")
	b.early("ref1", delivered)
	b.sentAs(m, "ref1")
	b.eventuallyTold("m1", "delivered")
	hops, _ := b.history("m1")
	want := []string{"ingress accepted", "translator routed", "egress-testnet sent", "egress-testnet delivered"}
	if diff := cmp.Diff(want, hops); diff != "" {
		t.Error(diff)
	}

	m = b.waiting("m2")
	b.receipt("ref2", failed, "the phone is off")
	b.early("ref2", failed)
	b.sentAs(m, "ref2")
	b.eventuallyTold("m2", "failed: the phone is off")

	m = b.waiting("m3")
	b.receipt("ref3", sent, "")
	b.early("ref3", sent)
	b.sentAs(m, "ref3")
	b.eventuallyTold("m3", "sent")
}

// The network's answer and its receipt can come at the same moment: whoever comes second finds the other.
func TestAReceiptIsNotLostBesideItsOutcome(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	var all []*messagev1.Message
	for i := range 40 {
		m := outbound(custom, fmt.Sprintf("m%d", i), fmt.Sprintf("contact%d", i), content.Text("Hola"))
		b.take(m)
		all = append(all, m)
	}
	b.sent(network, len(all))
	for i, m := range all {
		if i%2 == 0 {
			b.receipt("ref-"+m.GetId(), delivered, "")
		}
		b.sentAs(m, "ref-"+m.GetId())
		if i%2 == 1 {
			b.receipt("ref-"+m.GetId(), delivered, "")
		}
	}
	for _, m := range all {
		b.eventually("delivered is told", func() bool {
			told := b.told(m.GetId())
			return len(told) > 0 && told[len(told)-1] == "delivered"
		})
		if told := b.told(m.GetId()); len(told) > 2 || len(told) == 2 && told[0] != "sent" {
			t.Errorf("%s: %v", m.GetId(), told)
		}
	}
}

func TestWhatIsNotOursIsIgnored(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.receipt("foreign", delivered, "")
	b.early("foreign", delivered)
	b.own("foreign", 0, delivered, "")
	b.write(topology.StateSubject(custom, "void"), &indexv1.State{Standing: indexv1.Standing_STANDING_VOID})
	b.own("void", 0, delivered, "")
	m := b.waiting("m1")
	b.own("m1", 7, delivered, "") // there is no such part
	b.sentAs(m, "")               // a network that gives no id
	b.settle(m)
	b.eventuallyTold("m1", "sent")
	if n := len(b.sent(topology.Platform, 0)); n != 1 {
		t.Errorf("%d events for the platform, want 1", n)
	}
}
