package translator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// A receipt comes in with a call of its own, hours later: what it leads to is shown in the trace of the message that
// it is about, with a link to the call.
func TestAReceiptJoinsItsMessagesTrace(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	spans := telemetry.NewRecorder()
	b.tracer = spans.Service("translator").Tracer()
	b.run()
	callers := spans.Service("ingress").Tracer()
	call := func(name, subject string, e *eventv1.Event) (trace string) {
		ctx, root := callers.Start(context.WithoutCancel(t.Context()), name)
		defer root.End()
		if _, err := b.bus.Publish(ctx, bus.Post{Subject: subject, Body: e}); err != nil {
			t.Fatal(err)
		}
		return root.SpanContext().TraceID().String()
	}
	m := outbound(custom, "m1", "ana", content.Text("zanahoria"))
	message := call("message", topology.MessageSubject(network, custom, "ana"), message(m))
	b.events(network, 1)
	b.sentAs(m, "ref1")
	b.eventuallyTold("m1", "sent")
	digest := record.RefDigest(b.bus, network, custom, "ref1")
	receipt := call("receipt", topology.ReceiptSubject(network, custom, digest), &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: &eventv1.Receipt{
		Network: network, Channel: custom, Ref: digest, Status: delivered, At: timestamppb.Now(),
	}}})
	told := b.sent(topology.Platform, 2)[1]
	if parent := told.header.Get("Traceparent"); !strings.Contains(parent, message) {
		t.Errorf("the status goes on under %s, the message's trace is %s", parent, message)
	}
	b.eventually("the receipt's span has ended", func() bool {
		for _, s := range spans.Ended() {
			if s.Name() != "receipt OUTCOMES_testnet" {
				continue
			}
			links := s.Links()
			if s.SpanContext().TraceID().String() != message || len(links) != 1 || links[0].SpanContext.TraceID().String() != receipt {
				t.Errorf("the receipt's span is in trace %s with links %v", s.SpanContext().TraceID(), links)
			}
			about := map[attribute.Key]string{}
			for _, a := range s.Attributes() {
				about[a.Key] = a.Value.Emit()
			}
			if about[label.Network] != network || about[label.Channel] != custom || about[label.MessageID] != "m1" {
				t.Errorf("the receipt's span is about %v", about)
			}
			return true
		}
		return false
	})
	b.eventually("the journal has the receipt", func() bool { hops, _ := b.history("m1"); return len(hops) == 4 })
	_, entries := b.history("m1")
	for _, e := range entries { // in whichever order: the outcome is journalled beside the receipt, and nobody traced it
		if e.GetHop() != journalv1.Hop_HOP_SENT && e.GetTraceId() != message {
			t.Errorf("the journal's %s names the trace %q, want %s", e.GetHop(), e.GetTraceId(), message)
		}
	}
	for _, s := range spans.Ended() {
		all := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status())
		for _, private := range []string{"ana", "zanahoria", "ref1"} {
			if strings.Contains(all, private) {
				t.Errorf("a span holds %q: %s", private, all)
			}
		}
	}
}
