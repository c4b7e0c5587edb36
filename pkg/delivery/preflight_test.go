package delivery_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A message that does not say when it was accepted is tried from when it was stored.
func TestAMessageWithoutATimeIsSent(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	start(t, b, config(n))
	e := event("m1", "ann", 0, 1)
	e.GetMessage().AcceptedAt = nil
	publish(t, b, post(e))
	eventually(t, "it has an outcome", func() bool { _, last := records(t, s, "m1-0-0"); return last != nil })
	if _, last := records(t, s, "m1-0-0"); last.GetResult() != eventv1.Result_RESULT_SENT {
		t.Errorf("%s: %s", last.GetResult(), last.GetReason())
	}
}

// What was given up is not sent again because its dead letter could not be stored at once.
func TestWhatWasGivenUpIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Retry, Reason: reason.Untranslated("no such file"), Within: time.Nanosecond}
	}}
	calls := func() int { n.Lock(); defer n.Unlock(); return n.Calls }
	s.Without(topology.Dead.Name, func() {
		start(t, b, config(n))
		publish(t, b, post(event("m1", "ann", 0, 1)))
		eventually(t, "it is sent", func() bool { return calls() > 0 })
		time.Sleep(time.Second) // the letter is tried several times
	})
	eventually(t, "it has failed", func() bool {
		_, last := records(t, s, "m1-0-0")
		return last.GetResult() == eventv1.Result_RESULT_FAILED
	})
	if got := calls(); got != 1 {
		t.Errorf("sent %d times", got)
	}
}

// A suspension that was stored counts for a channel whose configuration comes later.
func TestASuspensionIsKnownBeforeTheChannelIs(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	stored, _ := json.Marshal(map[string]any{"reason": "dead", "since": time.Now(), "credentials": "c1"})
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "state."+far+"."+channel, stored); err != nil {
		t.Fatal(err)
	}
	n, hold := &network{}, make(chan struct{})
	n.Judge = func(int, *messagev1.Message) result.Result {
		n.Unlock()
		defer n.Lock()
		<-hold
		return result.Result{Class: result.Sent}
	}
	calls := func() int { n.Lock(); defer n.Unlock(); return n.Calls }
	d := config(n)
	all, _ := d.Channels.Get()
	d.Channels = delivery.NewChannels()
	stop := start(t, b, d)
	const contacts = 10
	for i := range contacts {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)))
	}
	eventually(t, "they are read", func() bool {
		return len(s.Consumers(topology.Egress(far).Name)) == topology.EgressPartitions && s.Undelivered(topology.Egress(far).Name) == 0
	})
	d.Channels.Set(all)
	eventually(t, "it is probed", func() bool { return calls() > 0 })
	time.Sleep(300 * time.Millisecond) // long enough for the others, were they going to
	if got := calls(); got != 1 {
		t.Errorf("%d sends at once, want the probe alone", got)
	}
	close(hold)
	eventually(t, "all are sent", func() bool { return n.Total() == contacts })
	stop()
}
