package translator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestTheJournalTellsWhyAMessageWaited: each wait with its reason and the next try, also two of the same try; and what held
// it up before.
func TestTheJournalTellsWhyAMessageWaited(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "o1", "@ana:example.org", content.Text("zanahoria")))
	part := b.events(network, 1)[0].GetMessage()
	next := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 2 {
		waiting := outcomeOf(part, eventv1.Result_RESULT_WAITING)
		waiting.Why, waiting.NextTry = reason.ToldToWait.With("after", "40s").Proto(), timestamppb.New(next.Add(time.Duration(i)*time.Minute))
		b.conclude(network, waiting)
	}
	held := []*eventv1.Hold{{Why: reason.Behind.Proto(), Since: timestamppb.New(next), Until: timestamppb.New(next.Add(time.Hour)), Behind: "o0"}}
	sent := outcomeOf(part, eventv1.Result_RESULT_SENT)
	sent.Holds = held
	b.conclude(network, sent)
	b.eventually("the journal has it", func() bool { hops, _ := b.history("o1"); return len(hops) >= 5 })
	hops, entries := b.history("o1")
	if diff := cmp.Diff([]string{"ingress accepted", "translator routed", "egress-testnet waiting", "egress-testnet waiting", "egress-testnet sent"}, hops); diff != "" {
		t.Error(diff)
	}
	for i, e := range entries[2:4] {
		if e.GetWhy().GetCode() != "puente.told_to_wait" || !e.GetNextTry().AsTime().Equal(next.Add(time.Duration(i)*time.Minute)) {
			t.Errorf("wait %d: %v", i, e)
		}
	}
	if got := entries[4].GetHolds(); len(got) != 1 || !proto.Equal(got[0], held[0]) {
		t.Errorf("held by %v", got)
	}
}

// TestTheJournalTellsWhenAChannelIsHeld, towards its network and towards the platform: entries of the channel, without an id.
func TestTheJournalTellsWhenAChannelIsHeld(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, far := range []string{network, topology.Platform} {
		for i := range 2 { // two holds within the time in which the stream drops repeats
			for _, standing := range []eventv1.ChannelStanding{eventv1.ChannelStanding_CHANNEL_STANDING_HELD, eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON} {
				c := &eventv1.ChannelChange{Network: network, Channel: custom, Standing: standing, At: timestamppb.New(at.Add(time.Duration(i) * time.Hour))}
				if standing == eventv1.ChannelStanding_CHANNEL_STANDING_HELD {
					c.Why, c.Until = reason.Paused.Quoting("token rotation").Proto(), timestamppb.New(at.Add(2*time.Hour))
				}
				if _, err := b.bus.Publish(t.Context(), bus.Post{
					Subject: topology.StandingSubject(far, custom), Body: &eventv1.Event{Kind: &eventv1.Event_Channel{Channel: c}},
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var entries []string
	b.eventually("the journal has them", func() bool {
		entries = nil
		for _, e := range b.entries() {
			entries = append(entries, fmt.Sprintf("%s %s %q %s %t", e.GetService(), e.GetHop(), e.GetId(), e.GetReason(), e.GetNextTry() != nil))
		}
		return len(entries) >= 8
	})
	want := map[string]int{}
	for _, service := range []string{"egress-testnet", "egress-bonychat"} {
		want[service+` HOP_HELD "" the channel is paused: token rotation true`] = 2
		want[service+` HOP_RESUMED ""  false`] = 2
	}
	got := map[string]int{}
	for _, e := range entries {
		got[e]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
