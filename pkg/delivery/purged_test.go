package delivery_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// purge takes out of OUTCOMES_* what is there under a subject, as it is done where the stream gets full.
func purge(t *testing.T, b *bus.Bus, subject string) {
	t.Helper()
	if err := b.Purge(t.Context(), topology.Outcomes(far).Name, subject, math.MaxInt64); err != nil {
		t.Fatal(err)
	}
}

// TestAPurgedWaitHoldsNothingBack: the record that a message waited is gone when it is sent. It ends, and its contact's next one goes.
func TestAPurgedWaitHoldsNothingBack(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(*network) delivery.Config{"resend": config, "hold": holding} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, far)
			b := s.Connect("egress-testnet")
			n := &network{Judge: func(call int, _ *messagev1.Message) result.Result {
				if call == 1 {
					return result.Result{Class: result.Retry, Reason: reason.Untranslated("busy"), After: 2 * time.Second}
				}
				return result.Result{Class: result.Sent}
			}}
			start(t, b, config(n))
			publish(t, b, post(event("m1", "ann", 0, 1)))
			publish(t, b, post(event("m2", "ann", 0, 1)))
			eventually(t, "it waits", func() bool {
				_, last := records(t, s, "m1-0-0")
				return last.GetResult() == eventv1.Result_RESULT_WAITING
			})
			purge(t, b, topology.OutcomeSubject(far, channel, "m1-0-0"))
			eventually(t, "both have their outcomes", func() bool {
				_, first := records(t, s, "m1-0-0")
				_, second := records(t, s, "m2-0-0")
				return first.GetResult() == eventv1.Result_RESULT_SENT && second.GetResult() == eventv1.Result_RESULT_SENT
			})
			if got := fmt.Sprint(n.Took["ann"]); got != "[m1-0-0 m2-0-0]" {
				t.Errorf("sent %s", got)
			}
		})
	}
}

// TestWhatIsInheritedIsLookedUpAtOnce: a channel that is told to wait for long sends nothing, and what was sent before leaves the stream
// all the same. Its outcomes may not be there any more when the wait is over.
func TestWhatIsInheritedIsLookedUpAtOnce(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	publish(t, b, post(event("new", "first", 0, 1)))
	const sent = 40
	for i := range sent {
		e := event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)
		publish(t, b, post(e))
		key := topology.MessageKey(e.GetMessage())
		outcome := &eventv1.Outcome{Key: key, Channel: channel, Result: eventv1.Result_RESULT_SENT}
		publish(t, b, bus.Post{
			Subject: topology.OutcomeSubject(far, channel, key), ID: "outcome-" + key,
			Body: &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: outcome}},
		})
	}
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Waiting, After: time.Hour, Scope: result.Channel}
	}}
	d := config(n)
	d.Concurrency = 1
	start(t, b, d)
	eventually(t, "what was sent has left, and the rest waits", func() bool {
		state, err := b.State(t.Context(), topology.Egress(far).Name)
		return err == nil && state.Messages == 1 && calls(n) == 1
	})
	if n.Total() > 0 {
		t.Errorf("sent %v", n.Took)
	}
}
