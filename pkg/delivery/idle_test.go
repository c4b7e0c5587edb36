package delivery_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestAChannelCostsTheBrokerNothing: however many there are, consumers and lease records are those of the partitions.
func TestAChannelCostsTheBrokerNothing(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := config(n)
	const channels = 200
	var all []delivery.Channel
	for c := range channels {
		id := fmt.Sprintf("ch%d", c)
		all = append(all, delivery.Channel{Network: far, ID: id, Account: id, Credentials: "c1", Send: n.Send})
	}
	d.Channels = delivery.NewChannels(all...)
	start(t, b, d)
	for c := range channels {
		e := event(fmt.Sprintf("m%d", c), "ann", 0, 1)
		e.GetMessage().Channel = fmt.Sprintf("ch%d", c)
		publish(t, b, bus.Post{Subject: topology.EgressSubject(far, e.GetMessage().GetChannel()), ID: topology.MessageKey(e.GetMessage()), Body: e})
	}
	eventually(t, "all are sent", func() bool { return n.Total() == channels })
	if got := len(s.Consumers(topology.Egress(far).Name)); got > topology.EgressPartitions {
		t.Errorf("%d consumers", got)
	}
	eventually(t, "what is finished leaves the stream", func() bool {
		state, err := b.State(t.Context(), topology.Egress(far).Name)
		return err == nil && state.Messages == 0
	})
	if got := len(s.Leases()); got > topology.EgressPartitions {
		t.Errorf("%d lease records", got)
	}
}

// TestAChannelComesAndGoes: one that is quiet is forgotten, again and again, and nothing is lost, doubled or out of order on the
// way.
func TestAChannelComesAndGoes(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := config(n)
	d.IdleAfter = 20 * time.Millisecond
	start(t, b, d)
	publisher := s.Connect("translator")
	const messages = 300
	for i := range messages {
		publish(t, publisher, post(event(fmt.Sprintf("n%03d", i), "ann", 0, 1)))
		if i%20 == 19 {
			time.Sleep(45 * time.Millisecond) // about when it is quiet
		}
	}
	eventually(t, "all are sent", func() bool { return n.Total() >= messages })
	if got := n.Took["ann"]; len(got) != messages || !slices.IsSorted(got) {
		t.Errorf("took %d: %v", len(got), got)
	}
}

// TestTheMessagesOfARemovedChannelEndInTheDeadLetters, with an outcome; those of a channel whose route is late wait for
// it.
func TestTheMessagesOfARemovedChannelEndInTheDeadLetters(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := config(n)
	routes := []delivery.Channel{{Network: far, ID: channel, Account: "a", Credentials: "c1", Send: n.Send}}
	d.Channels = delivery.NewChannels()
	d.RemovedAfter = 50 * time.Millisecond
	d.Exists = func(_ context.Context, c string) (bool, error) { return c == channel, nil }
	start(t, b, d)
	publish(t, b, post(event("late", "ann", 0, 1)))
	for i := range 3 {
		e := event(fmt.Sprintf("m%d", i), "ann", 0, 1)
		e.GetMessage().Channel = "gone"
		publish(t, b, bus.Post{Subject: topology.EgressSubject(far, "gone"), ID: topology.MessageKey(e.GetMessage()), Body: e})
	}
	for i := range 3 {
		key := fmt.Sprintf("m%d-0-0", i)
		eventually(t, "outcome of "+key, func() bool {
			var e eventv1.Event
			_, err := b.Read(t.Context(), topology.OutcomeSubject(far, "gone", key), &e)
			return err == nil && e.GetOutcome().GetResult() == eventv1.Result_RESULT_FAILED && e.GetOutcome().GetReason() == "the channel was removed"
		})
	}
	publish(t, b, bus.Post{Subject: topology.EgressSubject(far, "gone"), Body: event("keyless", "ann", 0, 1)})
	eventually(t, "what has no key is dead too", func() bool { return len(s.Stored(topology.Dead.Name, 0)) > 3 })
	if dead := s.Stored(topology.Dead.Name, 0); len(dead) != 4 {
		t.Errorf("%d dead letters, want 4", len(dead))
	}
	if n.Total() != 0 {
		t.Error("something was sent")
	}
	d.Channels.Set(routes)
	eventually(t, "the late one is sent", func() bool { return n.Total() == 1 })
}

// TestChannelsOfOneAccountHaveOneOwner: their budget is exact.
func TestChannelsOfOneAccountHaveOneOwner(t *testing.T) {
	t.Parallel()
	f := &fleet{t: t, server: bustest.Start(t, far), took: map[string][]string{}, account: func(c int) string { return fmt.Sprintf("account%d", c%3) }}
	publisher := f.server.Connect("translator")
	for range 3 {
		f.join()
	}
	published := 0
	eventually(t, "every process knows the others", func() bool {
		for c := range shares {
			published++
			e := event(fmt.Sprintf("m%d", published), "ann", 0, 1)
			e.GetMessage().Channel = fmt.Sprintf("ch%d", c)
			publish(t, publisher, bus.Post{Subject: topology.EgressSubject(far, e.GetMessage().GetChannel()), ID: topology.MessageKey(e.GetMessage()), Body: e})
		}
		together := true
		for a := range 3 {
			var owner *sharer
			for c := a; c < shares; c += 3 {
				owners := f.owners(c)
				if len(owners) == 0 || owner != nil && owners[len(owners)-1] != owner {
					together = false
					continue
				}
				owner = owners[len(owners)-1]
			}
		}
		return together
	})
}
