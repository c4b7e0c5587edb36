package translator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// A crash between raising a state and telling the platform leaves the entry to be read again.
func TestAnEntryThatRaisedTheStateIsToldAgain(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	first := outbound(custom, "m1", "ana", content.Text("Hola"))
	second := outbound(custom, "m2", "luis", content.Text("Hola"))
	raised := b.conclude(network, outcomeOf(first, eventv1.Result_RESULT_SENT))
	passed := b.conclude(network, outcomeOf(second, eventv1.Result_RESULT_SENT))
	for id, sequence := range map[string]uint64{"m1": raised, "m2": passed + 100} {
		b.write(topology.StateSubject(custom, id), &indexv1.State{
			Sequence: 1, Standing: indexv1.Standing_STANDING_TAKEN, Status: sent, Parts: []eventv1.Status{sent}, OutcomeSequence: sequence,
			Network: network, Address: "someone", AcceptedAt: longAgo(),
		})
	}
	b.run()
	b.settle(first)
	b.settle(second)
	got := b.sent(topology.Platform, 1)
	if len(got) != 1 || decode(t, got[0], &eventv1.Event{}).GetStatus().GetId() != "m1" {
		t.Fatalf("%d events, the first %v", len(got), decode(t, got[0], &eventv1.Event{}))
	}
	if got[0].header.Get("Puente-Repeat") == "" {
		t.Error("not marked as a repeat")
	}
}

func TestARestartRepeatsNothing(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	stop := b.run()
	m := b.waiting("m1")
	b.sentAs(m, "ref1")
	b.receipt("ref1", read, "")
	b.eventually("read is told", func() bool {
		told := b.told("m1")
		return len(told) > 0 && told[len(told)-1] == "read"
	})
	b.take(inbound(custom, "i1", "ana", content.Text("Hola")))
	b.eventually("the message came in", func() bool { return len(messages(b.events(topology.Platform, 0), "ana")) == 1 })
	stop()
	before := len(b.sent(topology.Platform, 0))

	b.run()
	b.sentAs(b.waiting("m2"), "ref2")
	b.eventuallyTold("m2", "sent")
	b.take(inbound(custom, "i2", "ana", content.Text("Adiós")))
	b.eventually("the next message came in", func() bool { return len(messages(b.events(topology.Platform, 0), "ana")) >= 2 })
	if diff := cmp.Diff([]string{"Hola", "Adiós"}, texts(messages(b.events(topology.Platform, 0), "ana"))); diff != "" {
		t.Error(diff)
	}
	if got := len(b.sent(topology.Platform, 0)); got != before+2 {
		t.Errorf("%d events for the platform, want %d", got, before+2)
	}
}
