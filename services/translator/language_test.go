package translator_test

import (
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Each channel's agents read a failure in its language: Spanish where the record says none, as that of an older version.
func TestAFailureIsToldInTheChannelsLanguage(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	entries := []directory.Entry{
		{Channel: directory.Channel{ID: custom, Network: network, ContactID: "custom"}},
		{Channel: directory.Channel{ID: phone, Network: network, ContactID: "phone", Locale: reason.English}},
	}
	for i := range entries {
		entries[i].Account, entries[i].Platform = json.RawMessage(`{}`), json.RawMessage(`{}`)
	}
	if err := directory.Fill(t.Context(), b.bus, entries); err != nil {
		t.Fatal(err)
	}
	b.run()
	for i, test := range []struct{ channel, contact, bySend, byReceipt string }{
		{custom, "ana", "failed: no se ha podido enviar a tiempo", "failed: la red ha rechazado el mensaje (470)"},
		{phone, "+34600111222", "failed: it could not be sent in time", "failed: the network refused the message (470)"},
	} {
		m, later := outbound(test.channel, "by-send-"+test.channel, test.contact, content.Text("uno")), outbound(test.channel, "by-receipt-"+test.channel, test.contact, content.Text("dos"))
		b.take(m)
		b.take(later)
		b.sent(network, 2*i+2)
		o := outcomeOf(m, eventv1.Result_RESULT_FAILED)
		o.Reason, o.Why = reason.Expired.String(), reason.Expired.Proto()
		b.conclude(network, o)
		b.eventuallyTold(m.GetId(), test.bySend)
		b.conclude(network, outcomeOf(later, eventv1.Result_RESULT_SENT))
		b.eventuallyTold(later.GetId(), "sent")
		why := reason.Refused.With("status", 470)
		b.post(topology.ReceiptSubject(network, test.channel, "own-"+later.GetId()), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: &eventv1.Receipt{
			Network: network, Channel: test.channel, OwnId: later.GetId(), Status: failed, Reason: why.String(), Why: why.Proto(), At: timestamppb.Now(),
		}}})
		b.eventuallyTold(later.GetId(), "sent", test.byReceipt)
	}
}
