package delivery_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"

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
