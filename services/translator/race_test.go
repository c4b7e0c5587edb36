package translator_test

import (
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// The outcome writes the ref and then looks for a receipt that came too soon; the receipt looks for the ref, leaves
// itself as one that came too soon and looks again. Whatever the order, one of them finds the other.
func TestAReceiptAndItsOutcomeMeetInAnyOrder(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt){
		"the receipt before all": func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt) {
			b.must(b.Receipt(t.Context(), 20, r))
			b.must(b.Outcome(t.Context(), network, 21, o))
		},
		"the receipt after all": func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt) {
			b.must(b.Outcome(t.Context(), network, 20, o))
			b.must(b.Receipt(t.Context(), 21, r))
		},
		"the outcome between the receipt's looks": func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt) {
			// the first look found nothing
			b.must(b.Outcome(t.Context(), network, 20, o))
			if ref, err := b.RefAfterEarly(t.Context(), r); err != nil || ref.GetId() != o.GetId() {
				t.Errorf("the second look found %v, %v", ref, err)
			}
			b.must(b.Receipt(t.Context(), 21, r)) // goes on with what it found
		},
		"the receipt left early, the outcome in between, then the look": func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt) {
			if _, err := b.RefAfterEarly(t.Context(), r); err == nil {
				t.Error("the second look found a ref that was not there")
			}
			b.must(b.Outcome(t.Context(), network, 20, o))
			if got := b.told(o.GetId()); len(got) != 1 || got[0] != "delivered" {
				t.Errorf("the outcome did not find it: told %v", got)
			}
			b.must(b.Receipt(t.Context(), 21, r))
		},
		"the receipt after the outcome's look": func(t *testing.T, b *byHand, o *eventv1.Outcome, r *eventv1.Receipt) {
			early, err := b.EarlyReceipt(t.Context(), o, r.GetRef())
			if err != nil || early.GetStatus() != eventv1.Status_STATUS_UNSPECIFIED {
				t.Errorf("the outcome found %v, %v", early, err)
			}
			b.must(b.Receipt(t.Context(), 21, r)) // overtakes what the outcome does next
			b.must(b.Outcome(t.Context(), network, 20, o))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newByHand(t)
			m := outbound(custom, "m1", "ana", content.Text("Hola"))
			b.handle(10, m)
			o := outcomeOf(m, eventv1.Result_RESULT_SENT)
			o.Ref = "ref1"
			r := &eventv1.Receipt{
				Network: network, Channel: custom, Ref: record.RefDigest(b.bus, network, custom, "ref1"), Status: delivered, At: timestamppb.Now(),
			}
			order(t, b, o, r)
			told := b.told("m1")
			if len(told) == 0 || told[len(told)-1] != "delivered" || len(told) == 2 && told[0] != "sent" || len(told) > 2 {
				t.Errorf("told %v", told)
			}
			if s := b.state(custom, "m1").GetStatus(); s != delivered {
				t.Errorf("the state is %s", s)
			}
			if n := len(b.sent(topology.Platform, 0)); n != len(told) {
				t.Errorf("%d events for the platform", n)
			}
		})
	}
}

func (b *byHand) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}
