package translator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestAStatusThatIsLostIsToldAgain: the platform is told again, once, what a damaged store has lost on its way there, and of nothing else.
func TestAStatusThatIsLostIsToldAgain(t *testing.T) {
	t.Parallel()
	s := &store{t: t, dir: t.TempDir()}
	s.start()
	defer func() { s.stop() }()
	for _, id := range []string{"told", "lost"} {
		m := outbound(custom, id, "ann", content.Text("hola"))
		for _, p := range []bus.Post{
			{Subject: topology.MessageSubject(network, custom, "ann"), ID: topology.MessageKey(m), Body: message(m)},
			{Subject: topology.OutcomeSubject(network, custom, topology.MessageKey(m)), ID: "outcome-" + id, Body: &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: outcomeOf(m, eventv1.Result_RESULT_SENT)}}},
		} {
			if _, err := s.bus.Publish(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			s.until("it is translated", func() bool { return len(s.stored("MESSAGES")) == 0 })
		}
	}
	s.until("both are told", func() bool { return len(s.statuses()) == 2 })
	if err := s.bus.Purge(t.Context(), "EGRESS_"+network, ">", 1<<40); err != nil { // they left it when they were sent
		t.Fatal(err)
	}
	s.until("what is finished is written down", func() bool {
		p, err := shard.Position(t.Context(), kv.Open(s.bus, topology.Leases), "translator", topology.OutcomePartition(network, custom))
		return err == nil && p >= 2 // both
	})
	// the platform was told of one of them
	key := topology.StatusKey("told", 0, sent)
	if _, err := s.bus.Publish(t.Context(), bus.Post{Subject: topology.OutcomeSubject(topology.Platform, custom, key), ID: key, Body: &eventv1.Event{
		Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{Key: key, Id: "told", Network: network, Channel: custom, Result: eventv1.Result_RESULT_SENT}},
	}}); err != nil {
		t.Fatal(err)
	}
	if err := s.bus.Purge(t.Context(), "EGRESS_"+topology.Platform, ">", 1<<40); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.start()
	s.until("it is told again", func() bool { return len(s.statuses()) > 0 })
	if _, err := s.bus.Publish(t.Context(), bus.Post{Subject: topology.MessageSubject(network, custom, "ann"), ID: "last", Body: message(outbound(custom, "last", "ann", content.Text("x")))}); err != nil {
		t.Fatal(err)
	}
	s.until("the last one is translated", func() bool { return len(s.waiting(network)) > 0 })
	if diff := cmp.Diff([]string{"lost sent"}, s.statuses()); diff != "" {
		t.Error(diff)
	}
	if failed := s.ended(network); len(failed) > 0 {
		t.Errorf("failed: %v", failed)
	}
}

// statuses are what waits to be told to the platform.
func (s *store) statuses() (told []string) {
	s.t.Helper()
	for _, e := range s.stored("EGRESS_" + topology.Platform) {
		if u := e.GetStatus(); u != nil {
			told = append(told, u.GetId()+" "+topology.StatusName(u.GetStatus()))
		}
	}
	return told
}
