package delivery_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// TestWhoTakesOverHasNoBudgetOfItsOwn: what an account takes in an hour is sent once in that hour, also where its channel goes to
// another process meanwhile.
func TestWhoTakesOverHasNoBudgetOfItsOwn(t *testing.T) {
	t.Parallel()
	const budget, messages = 5, 20
	for name, end := range map[string]func(b *bus.Bus, stop func()){
		"stopped": func(_ *bus.Bus, stop func()) { stop() },
		"died":    func(b *bus.Bus, stop func()) { bustest.Sever(b); stop() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, far)
			publisher := s.Connect("translator")
			for i := range messages {
				publish(t, publisher, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)))
			}
			n := &network{}
			c := config(n)
			c.PerAccount = result.Rate{Sends: budget, Per: time.Hour}
			b := s.Connect("egress-testnet")
			stop := start(t, b, c)
			eventually(t, "the budget is used", func() bool { return n.Total() == budget })
			end(b, stop)
			start(t, s.Connect("egress-testnet"), c)
			eventually(t, "the next process waits for the budget", func() bool {
				a, err := lane(t, publisher, "m0")
				return err == nil && slices.ContainsFunc(a.GetReasons(), func(w *livev1.Waiting) bool { return w.GetWhy().GetCode() == reason.AccountRate.Code() })
			})
			if got := n.Total(); got != budget {
				t.Errorf("%d sent, want %d", got, budget)
			}
		})
	}
}

// TestAnAccountOverSeveralPartitionsHasOneBudget: the first message of the next process is of a channel that never had one, in a partition
// that nobody sent from. It may go before the partition of the other channel is taken over; nothing else may.
func TestAnAccountOverSeveralPartitionsHasOneBudget(t *testing.T) {
	t.Parallel()
	const budget, messages = 5, 20
	s := bustest.Start(t, far)
	publisher := s.Connect("translator")
	for i := range messages {
		publish(t, publisher, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)))
	}
	n := &network{}
	c := config(n)
	c.PerAccount = result.Rate{Sends: budget, Per: time.Hour}
	other := delivery.Channel{Network: far, ID: "other", Account: "a", Credentials: "c2", Send: n.Send}
	if topology.EgressPartition(far, other.ID) == topology.EgressPartition(far, channel) {
		t.Fatal("the two channels have to be in two partitions")
	}
	known, _ := c.Channels.Get()
	c.Channels.Set(append(slices.Clone(known), other))
	stop := start(t, s.Connect("egress-testnet"), c)
	eventually(t, "the budget is used", func() bool { return n.Total() == budget })
	stop()
	e := event("first", "eva", 0, 1)
	e.GetMessage().Channel = other.ID
	publish(t, publisher, bus.Post{Subject: topology.EgressSubject(far, other.ID), ID: topology.MessageKey(e.GetMessage()), Body: e})
	start(t, s.Connect("egress-testnet"), c)
	eventually(t, "the next process waits for the budget", func() bool {
		a, err := lane(t, publisher, "m0")
		return err == nil && slices.ContainsFunc(a.GetReasons(), func(w *livev1.Waiting) bool { return w.GetWhy().GetCode() == reason.AccountRate.Code() })
	})
	if got := n.Total(); got < budget || got > budget+1 {
		t.Errorf("%d sent, want %d, and one more at most", got, budget)
	}
}
