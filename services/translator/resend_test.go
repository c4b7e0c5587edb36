package translator_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// takenAs is what the network's service leaves of a message that the network took: its text and its outcome.
func (b *bridge) takenAs(m *messagev1.Message, ref string) {
	b.t.Helper()
	b.post(topology.SentSubject(network, custom, topology.MessageKey(m)), "", message(m))
	b.sentAs(m, ref)
}

// resent sends a message again that failed by a receipt, and returns what waits for the network.
func (b *bridge) resent(id string) *messagev1.Message {
	b.t.Helper()
	before := len(b.events(network, 0))
	kept, err := deadletter.Look(b.t.Context(), b.bus, nil, network, custom, id)
	if err != nil {
		b.t.Fatal(err)
	}
	if again, err := deadletter.Resend(b.t.Context(), b.bus, kept); err != nil || !again {
		b.t.Fatalf("resend: %v, %v", again, err)
	}
	return b.events(network, before+1)[before].GetMessage()
}

// ownAt stores a receipt of a network that hands our id back, with the time of the network's clock.
func (b *bridge) ownAt(id string, resent uint32, s eventv1.Status, why string, at time.Time) {
	b.t.Helper()
	r := &eventv1.Receipt{Network: network, Channel: custom, OwnId: id, Resent: resent, Status: s, Reason: why, At: timestamppb.New(at)}
	b.post(topology.ReceiptSubject(network, custom, fmt.Sprintf("own-%s-%d", id, resent)), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}})
}

// It failed by a receipt, is sent again, and what its new receipts say counts. What is late of the first time counts no more,
// whichever way the network names the message and whatever its clock says.
func TestAMessageThatFailedByAReceiptStartsAnew(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]func(b *bridge, time uint32, s eventv1.Status, why string){
		"by the network's id": func(b *bridge, resent uint32, s eventv1.Status, why string) {
			b.receipt(fmt.Sprint("ref", resent), s, why)
		},
		"by our own": func(b *bridge, resent uint32, s eventv1.Status, why string) {
			b.ownAt("m1", resent, s, why, time.Now().Add(time.Hour))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startBridge(t)
			m := b.waiting("m1")
			b.takenAs(m, "ref0")
			b.eventuallyTold("m1", "sent")
			tell(b, 0, failed, "no such number")
			b.eventuallyTold("m1", "sent", "failed: no such number")
			again := b.resent("m1")
			if again.GetGeneration() != 1 || again.GetResent() != 1 || again.GetContent().GetText().GetBody() != "Hola" {
				t.Fatalf("%v", again)
			}
			tell(b, 0, failed, "no such number") // late
			tell(b, 0, delivered, "")            // and another opinion
			b.wantTold(m, "late receipts", "sent", "failed: no such number")
			b.takenAs(again, "ref1")
			b.eventuallyTold("m1", "sent", "failed: no such number", "sent")
			tell(b, 0, failed, "no such number")
			tell(b, 1, delivered, "")
			b.eventuallyTold("m1", "sent", "failed: no such number", "sent", "delivered")
			if kept, err := deadletter.Look(t.Context(), b.bus, nil, network, custom, "m1"); err != nil || kept.Some() {
				t.Errorf("it arrived, and there is something to send again: %v", err)
			}
		})
	}
}

// What is sent again and fails again is sent again.
func TestAMessageThatFailsByAReceiptAgainIsSentAgain(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	for resent := range uint32(3) {
		if resent > 0 {
			m = b.resent("m1")
		}
		b.takenAs(m, fmt.Sprint("ref", resent))
		b.ownAt("m1", resent, failed, "off", time.Now())
		b.eventually("failed once more", func() bool {
			s := b.state(custom, "m1")
			return s.GetGeneration() == resent && s.GetStatus() == failed
		})
	}
	last := b.resent("m1")
	b.takenAs(last, "ref3")
	b.ownAt("m1", 3, read, "", time.Now())
	b.eventually("read", func() bool { return b.state(custom, "m1").GetStatus() == read })
	if last.GetGeneration() != 3 || last.GetResent() != 3 {
		t.Errorf("%v", last)
	}
}
