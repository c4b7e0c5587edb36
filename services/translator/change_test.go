package translator_test

import (
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// change makes these the channels: all of them carry custom contacts.
func (b *bridge) change(networks map[string]string) {
	b.t.Helper()
	var entries []directory.Entry
	for id, network := range networks {
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: id, Network: network, ContactID: "custom"}, Account: json.RawMessage(`{}`), Platform: json.RawMessage(`{}`),
		})
	}
	if err := directory.Fill(b.t.Context(), b.bus, entries); err != nil {
		b.t.Fatal(err)
	}
}

func TestAChannelThatIsAddedIsTranslatedAtOnce(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "m1", "ana", content.Text("uno")))
	b.sent(network, 1)
	b.change(map[string]string{custom: network, "added": network})
	b.take(outbound("added", "m2", "ana", content.Text("dos"))) // whether or not the translator was told already
	if got := b.sent(network, 2); got[1].header.Get("Nats-Msg-Id") != "m2-0-0" {
		t.Errorf("%v", got[1].header)
	}
	b.change(map[string]string{custom: network})
	b.take(outbound("never", "m3", "ana", content.Text("tres")))
	if got := b.dead("never").GetReason(); got != "the channel is no longer configured" {
		t.Error(got)
	}
}

// TestAMessageThatComesBeforeItsChannelWaitsForIt: what ingress knows already, this service need not know yet.
func TestAMessageThatComesBeforeItsChannelWaitsForIt(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "m0", "ana", content.Text("cero")))
	b.sent(network, 1)
	b.take(outbound("added", "m1", "ana", content.Text("uno")))
	b.take(outbound(custom, "m2", "ana", content.Text("dos")))
	b.sent(network, 2) // by then the one before it has been looked at too
	b.change(map[string]string{custom: network, "added": network})
	if got := b.sent(network, 3); got[2].header.Get("Nats-Msg-Id") != "m1-0-0" {
		t.Errorf("%v", got[2].header)
	}
}

func TestANewNetworksOutcomesAreFollowed(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	const later = "later"
	// its channel is there before its streams: nobody else waits for them
	b.change(map[string]string{custom: network, "its": later})
	if err := directory.Declare(t.Context(), b.bus, later, provider.Description{Name: later, Carries: provider.Carries{Text: provider.Limit{Max: 40}}}); err != nil {
		t.Fatal(err)
	}
	m := outbound("its", "m1", "ana", content.Text("uno"))
	m.Network = later
	b.take(m)
	b.take(outbound(custom, "m2", "ana", content.Text("dos")))
	b.sent(network, 1)
	if err := provision.Apply(t.Context(), b.bus, []string{network, later}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	b.sent(later, 1)
	_, err := b.bus.Publish(t.Context(), bus.Post{
		Subject: topology.OutcomeSubject(later, "its", "m1-0-0"), Body: &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{
			Id: "m1", Network: later, Channel: "its", Direction: messagev1.Direction_DIRECTION_OUTBOUND, Result: eventv1.Result_RESULT_SENT, At: timestamppb.Now(),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := b.sent(topology.Platform, 1)[0]; s.header.Get("Nats-Msg-Id") != topology.StatusKey("m1", 0, eventv1.Status_STATUS_SENT) {
		t.Errorf("%v", s.header)
	}
}
