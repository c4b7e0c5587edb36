package translator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// split is a message of three parts that waits on EGRESS.
func (b *bridge) split(id string) []*messagev1.Message {
	b.t.Helper()
	m := outbound(custom, id, "contact-of-"+id, content.Text(strings.Repeat("palabra ", 14)))
	b.take(m)
	var parts []*messagev1.Message
	b.eventually(id+" is routed", func() bool {
		parts = messages(b.events(network, 0), m.GetContact().GetAddress())
		return len(parts) == 3
	})
	return parts
}

func (b *bridge) wantTold(m *messagev1.Message, when string, want ...string) {
	b.t.Helper()
	b.settle(m)
	if diff := cmp.Diff(want, b.told(m.GetId())); diff != "" {
		b.t.Errorf("after %s: %s", when, diff)
	}
}

func TestASplitMessageIsAsFarAsItsLastPart(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	parts := b.split("m1")
	for _, p := range parts[:2] {
		b.conclude(network, outcomeOf(p, eventv1.Result_RESULT_SENT))
	}
	b.own("m1", 0, delivered, "")
	b.wantTold(parts[0], "two were sent")
	told := b.conclude(network, outcomeOf(parts[2], eventv1.Result_RESULT_SENT))
	b.wantTold(parts[1], "all were sent", "sent")
	b.own("m1", 2, delivered, "")
	b.wantTold(parts[2], "two were delivered", "sent")
	// what is not told must not hide that something before it never was, should it come to that
	if s := b.state(custom, "m1"); s.GetOutcomeSequence() != told {
		t.Errorf("the state is of entry %d, want %d", s.GetOutcomeSequence(), told)
	}
	b.own("m1", 1, read, "")
	b.eventuallyTold("m1", "sent", "delivered")
	hops, entries := b.history("m1")
	var receipts []uint32
	for i, e := range entries {
		if hops[i] == "egress-testnet delivered" || hops[i] == "egress-testnet read" {
			receipts = append(receipts, e.GetPart())
		}
	}
	if diff := cmp.Diff([]uint32{0, 2, 1}, receipts); diff != "" {
		t.Errorf("the journal's receipts are of other parts:\n%s", diff)
	}
}

func TestASplitMessageFailsWithItsPart(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	parts := b.split("m1")
	b.conclude(network, outcomeOf(parts[0], eventv1.Result_RESULT_SENT))
	for i, reason := range []string{"blocked", "an earlier part of the message could not be sent"} {
		o := outcomeOf(parts[i+1], eventv1.Result_RESULT_FAILED)
		o.Reason = reason
		b.conclude(network, o)
	}
	b.wantTold(parts[0], "the second failed", "failed: parte 2 de 3: blocked")

	parts = b.split("m2")
	for _, p := range parts {
		b.conclude(network, outcomeOf(p, eventv1.Result_RESULT_SENT))
	}
	b.own("m2", 2, failed, "too old")
	b.wantTold(parts[0], "a receipt said so of the third", "sent", "failed: parte 3 de 3: too old")
}
