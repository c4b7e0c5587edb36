package delivery_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// records is what the outcomes of a key said, in order.
func records(t *testing.T, s *bustest.Server, key string) (results []eventv1.Result, last *eventv1.Outcome) {
	t.Helper()
	for _, stored := range s.Stored(topology.Outcomes(far).Name, 0) {
		var e eventv1.Event
		stored.Into(t, &e)
		if o := e.GetOutcome(); o.GetKey() == key {
			results, last = append(results, o.GetResult()), o
		}
	}
	return results, last
}

// holding is a delivery whose channel holds what is uncertain.
func holding(n *network) delivery.Config {
	d := config(n)
	d.SendTimeout = 300 * time.Millisecond
	d.Channels = delivery.NewChannels(delivery.Channel{Network: far, ID: channel, Account: "a", Hold: true, Send: n.Send})
	return d
}

// TestWhatIsHeldIsNeverSentTwice: an answer that was lost ends the message, a refusal does not.
func TestWhatIsHeldIsNeverSentTwice(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(call int, m *messagev1.Message) result.Result {
		switch m.GetContact().GetAddress() {
		case "lost":
			return result.Result{Class: result.Uncertain, Reason: reason.Untranslated("no answer")}
		case "refused":
			if call < 3 {
				return result.Result{Class: result.Retry, Reason: reason.Untranslated("busy")}
			}
		}
		return result.Result{Class: result.Sent}
	}}
	start(t, b, holding(n))
	publish(t, b, post(event("r1", "refused", 0, 1)))
	eventually(t, "the refused is sent in the end", func() bool { return n.Total() == 1 })
	publish(t, b, post(event("l1", "lost", 0, 1)))
	publish(t, b, post(event("w1", "well", 0, 1)))
	eventually(t, "the lost one has its outcome", func() bool {
		_, last := records(t, s, "l1-0-0")
		return last.GetResult() == eventv1.Result_RESULT_FAILED
	})
	eventually(t, "another is sent", func() bool { return n.Total() == 2 })
	for key, want := range map[string]string{
		"l1-0-0": "[RESULT_INTENT RESULT_FAILED]", "w1-0-0": "[RESULT_INTENT RESULT_SENT]",
		"r1-0-0": "[RESULT_INTENT RESULT_WAITING RESULT_INTENT RESULT_WAITING RESULT_INTENT RESULT_SENT]",
	} {
		if got, _ := records(t, s, key); fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", key, got, want)
		}
	}
	if dead := s.Stored(topology.Dead.Name, 0); len(dead) != 1 {
		t.Errorf("%d dead letters, want 1", len(dead))
	}
}

// TestAnIntentThatIsFoundIsHeld: the process died while it was sending.
func TestAnIntentThatIsFoundIsHeld(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	sending := make(chan struct{})
	var once sync.Once
	hangs := &network{}
	d := holding(hangs)
	d.SendTimeout = 10 * time.Second
	d.Channels = delivery.NewChannels(delivery.Channel{Network: far, ID: channel, Account: "a", Hold: true, Send: func(ctx context.Context, _ *eventv1.Event) (string, result.Result) {
		once.Do(func() { close(sending) })
		<-ctx.Done()
		return "", result.Result{Class: result.Uncertain}
	}})
	stop := start(t, b, d)
	publish(t, b, post(event("m1", "ann", 0, 1)))
	publish(t, b, post(event("m2", "ann", 0, 1)))
	<-sending
	bustest.Sever(b)
	n := &network{}
	start(t, s.Connect("egress-testnet"), holding(n))
	eventually(t, "the next is sent", func() bool { return n.Total() == 1 })
	stop()
	if _, last := records(t, s, "m1-0-0"); last.GetResult() != eventv1.Result_RESULT_FAILED {
		t.Errorf("the first ended as %v", last)
	}
	if got := n.Took["ann"]; len(got) != 1 || got[0] != "m2-0-0" {
		t.Errorf("sent %v", got)
	}
}

// TestAReceiptSettlesADoubt: the network hands our id back, so a message whose answer was lost is not sent again.
func TestAReceiptSettlesADoubt(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Uncertain, Reason: reason.Untranslated("no answer")}
	}}
	d := config(n)
	d.Channels = delivery.NewChannels(delivery.Channel{
		Network: far, ID: channel, Account: "a", Send: n.Send, Receipt: func(e *eventv1.Event) string { return "own-" + e.GetMessage().GetId() },
	})
	start(t, b, d)
	publish(t, b, post(event("m1", "ann", 0, 1)))
	calls := func() int { n.Lock(); defer n.Unlock(); return n.Calls }
	eventually(t, "sent, and not answered", func() bool { return calls() == 1 })
	publish(t, b, bus.Post{Subject: topology.ReceiptSubject(far, channel, "own-m1"), Body: &eventv1.Event{Kind: &eventv1.Event_Receipt{
		Receipt: &eventv1.Receipt{Network: far, Channel: channel, OwnId: "m1", Status: eventv1.Status_STATUS_DELIVERED, At: timestamppb.Now()},
	}}})
	eventually(t, "settled", func() bool {
		_, last := records(t, s, "m1-0-0")
		return last.GetResult() == eventv1.Result_RESULT_SENT
	})
	if calls() != 1 {
		t.Errorf("%d sends", calls())
	}
}

// TestAFarEndThatFailsEverybodyIsAskedByOne at a time, and by all once it is back.
func TestAFarEndThatFailsEverybodyIsAskedByOne(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	down, running, most := true, 0, 0
	d := config(n)
	d.Channels = delivery.NewChannels(delivery.Channel{Network: far, ID: channel, Account: "a", Send: func(ctx context.Context, e *eventv1.Event) (string, result.Result) {
		n.Lock()
		running++
		if n.Calls >= 10 { // those under way when it opened are done
			most = max(most, running)
		}
		fails := down
		n.Unlock()
		defer func() { n.Lock(); running--; n.Unlock() }()
		if fails {
			time.Sleep(20 * time.Millisecond)
			n.Lock()
			n.Calls++
			n.Unlock()
			return "", result.Result{Class: result.Retry, Reason: reason.Untranslated("down")}
		}
		return n.Send(ctx, e)
	}})
	start(t, b, d)
	const contacts = 100
	for i := range contacts {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)))
	}
	eventually(t, "the far end is probed", func() bool { n.Lock(); defer n.Unlock(); return n.Calls >= 12 })
	n.Lock()
	if most > 1 {
		t.Errorf("%d at once while it was down", most)
	}
	if n.Calls > 30 {
		t.Errorf("%d calls to a far end that is down", n.Calls)
	}
	down = false
	n.Unlock()
	eventually(t, "all are sent", func() bool { return n.Total() == contacts })
}
