package translator_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// What the network and its service say, short.
const (
	sent      = eventv1.Status_STATUS_SENT
	delivered = eventv1.Status_STATUS_DELIVERED
	read      = eventv1.Status_STATUS_READ
	failed    = eventv1.Status_STATUS_FAILED
)

func outcomeOf(m *messagev1.Message, result eventv1.Result) *eventv1.Outcome {
	return &eventv1.Outcome{
		Key: topology.MessageKey(m), Id: m.GetId(), Generation: m.GetGeneration(), Part: m.GetPart().GetIndex(), Parts: max(1, m.GetPart().GetCount()),
		Network: m.GetNetwork(), Channel: m.GetChannel(), Address: m.GetContact().GetAddress(), Direction: m.GetDirection(),
		AcceptedAt: m.GetAcceptedAt(), At: timestamppb.Now(), Attempts: 1, Result: result,
	}
}

// conclude stores what became of a send to a far end, as its service does.
func (b *bridge) conclude(far string, o *eventv1.Outcome) uint64 {
	b.t.Helper()
	return b.post(topology.OutcomeSubject(far, o.GetChannel(), o.GetKey()), "", &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: o}})
}

// own stores a receipt of a network that hands our id back.
func (b *bridge) own(id string, part uint32, s eventv1.Status, reason string) uint64 {
	b.t.Helper()
	r := &eventv1.Receipt{Network: network, Channel: custom, OwnId: id, Part: part, Status: s, Reason: reason, At: timestamppb.Now()}
	return b.post(topology.ReceiptSubject(network, custom, "own-"+id), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}})
}

// settle waits until everything before it that concerns a message was handled: entries of one message keep their order.
// Once for each part.
func (b *bridge) settle(m *messagev1.Message) {
	b.t.Helper()
	o := outcomeOf(m, eventv1.Result_RESULT_WAITING)
	o.Key, o.Attempts = "settle-"+o.GetKey(), 99
	b.conclude(network, o)
	b.eventually("what was said of "+m.GetId()+" was handled", func() bool {
		_, entries := b.history(m.GetId())
		return slices.ContainsFunc(entries, func(e *journalv1.Entry) bool { return e.GetAttempts() == 99 && e.GetPart() == o.GetPart() })
	})
}

// told is what the platform was told of a message, "status: reason" where there is one.
func (b *bridge) told(id string) []string {
	b.t.Helper()
	var told []string
	for _, e := range b.events(topology.Platform, 0) {
		if s := e.GetStatus(); s.GetId() == id {
			word := topology.StatusName(s.GetStatus())
			if s.GetReason() != "" {
				word += ": " + s.GetReason()
			}
			told = append(told, word)
		}
	}
	return told
}

func TestAStatusNeverGoesBackAndIsNeverRepeated(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	const sentOutcome, failedOutcome, expiredOutcome = -1, -2, -3
	for i, test := range []struct {
		name string
		said []eventv1.Status
		want []string
	}{
		{"in order", []eventv1.Status{sentOutcome, delivered, read}, []string{"sent", "delivered", "read"}},
		{"delivered, then sent", []eventv1.Status{delivered, sent, sentOutcome}, []string{"delivered"}},
		{"read, then delivered", []eventv1.Status{sentOutcome, read, delivered}, []string{"sent", "read"}},
		{"the same five times", []eventv1.Status{sentOutcome, delivered, delivered, delivered, delivered, delivered}, []string{"sent", "delivered"}},
		{"the network says sent too", []eventv1.Status{sentOutcome, sent, sent}, []string{"sent"}},
		{"failed after sent", []eventv1.Status{sentOutcome, failed, failed}, []string{"sent", "failed: why"}},
		{"failed after delivered", []eventv1.Status{sentOutcome, delivered, failed}, []string{"sent", "delivered"}},
		{"failed after read", []eventv1.Status{read, failed}, []string{"read"}},
		{"delivered after failed", []eventv1.Status{sentOutcome, failed, delivered, read}, []string{"sent", "failed: why"}},
		{"never sent", []eventv1.Status{failedOutcome, failedOutcome}, []string{"failed: refused"}},
		{"not sent in time", []eventv1.Status{expiredOutcome}, []string{"failed: refused"}},
		{"nothing that is known", []eventv1.Status{eventv1.Status_STATUS_UNSPECIFIED}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := outbound(custom, fmt.Sprintf("m%d", i), fmt.Sprintf("contact%d", i), content.Text("Hola"))
			before := len(b.sent(network, 0))
			b.take(m)
			b.sent(network, before+1)
			for _, s := range test.said {
				switch s {
				case sentOutcome:
					b.conclude(network, outcomeOf(m, eventv1.Result_RESULT_SENT))
				case failedOutcome, expiredOutcome:
					o := outcomeOf(m, eventv1.Result_RESULT_FAILED)
					if s == expiredOutcome {
						o.Result = eventv1.Result_RESULT_EXPIRED
					}
					o.Reason = "refused"
					b.conclude(network, o)
				case failed:
					b.own(m.GetId(), 0, s, "why")
				default:
					b.own(m.GetId(), 0, s, "")
				}
			}
			b.settle(m)
			if diff := cmp.Diff(test.want, b.told(m.GetId())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The platform must have read the answer to its call before it hears of the message.
func TestTheFirstStatusWaitsForASecond(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := outbound(custom, "m1", "ana", content.Text("Hola"))
	m.AcceptedAt = timestamppb.Now()
	b.take(m)
	b.sent(network, 1)
	b.conclude(network, outcomeOf(m, eventv1.Result_RESULT_SENT))
	got := b.events(topology.Platform, 1)[0].GetStatus()
	if after := got.GetAcceptedAt().AsTime().Sub(m.GetAcceptedAt().AsTime()); after < time.Second {
		t.Errorf("told after %s", after)
	}
	want := &eventv1.StatusUpdate{Id: "m1", Network: network, Channel: custom, Address: "ana", Status: sent, At: got.GetAt(), AcceptedAt: got.GetAcceptedAt()}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestTheStatusGoesToTheNameThatThePlatformUsed(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(inbound(custom, "i1", "@ana:example.org", content.Text("Hola")))
	name := b.events(topology.Platform, 1)[0].GetMessage().GetContact().GetAddress()
	b.take(outbound(custom, "m1", name, content.Text("Hola")))
	part := b.events(network, 1)[0].GetMessage()
	b.conclude(network, outcomeOf(part, eventv1.Result_RESULT_SENT))
	if got := b.events(topology.Platform, 2)[1].GetStatus().GetAddress(); got != name || part.GetContact().GetAddress() == name {
		t.Errorf("sent to %q, told of %q, want %q", part.GetContact().GetAddress(), got, name)
	}
}

func TestWhatIsNotKnownIsADeadLetter(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := outbound(custom, "m1", "ana", content.Text("Hola"))
	for _, e := range []*eventv1.Event{
		{Kind: &eventv1.Event_Outcome{Outcome: outcomeOf(m, 77)}},
		{Kind: &eventv1.Event_Receipt{Receipt: &eventv1.Receipt{Network: network, Channel: custom, OwnId: "m1", Status: 77}}},
		message(m),
	} {
		b.post(topology.OutcomeSubject(network, custom, "m1-0-0"), "", e)
	}
	b.eventually("three dead letters", func() bool { return len(b.broker.read(t, topology.Dead.Name)) == 3 })
}
