package delivery_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestContactsKeepTheirOrderThroughFailures(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	rnd := rand.New(rand.NewPCG(1, 2))
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		switch rnd.IntN(20) {
		case 0:
			return result.Result{Class: result.Waiting, After: 20 * time.Millisecond}
		case 1:
			return result.Result{Class: result.Waiting, After: 10 * time.Millisecond, Scope: result.Channel}
		case 2:
			return result.Result{Class: result.Waiting, After: 10 * time.Millisecond, Scope: result.Account}
		default:
			return result.Result{Class: result.Sent}
		}
	}}
	start(t, b, config(n))
	const contacts, each = 20, 30
	want := map[string][]string{}
	for i := range each {
		for c := range contacts {
			contact, id := fmt.Sprintf("c%d", c), fmt.Sprintf("m%d-%d", c, i)
			e := event(id, contact, 0, 1)
			want[contact] = append(want[contact], topology.MessageKey(e.GetMessage()))
			if _, err := b.Publish(t.Context(), post(e)); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "all taken", func() bool { return n.Total() >= contacts*each })
	n.Lock()
	defer n.Unlock()
	for contact, keys := range want {
		if fmt.Sprint(n.Took[contact]) != fmt.Sprint(keys) {
			t.Errorf("%s: took %v, want %v", contact, n.Took[contact], keys)
		}
	}
}

func TestWhatHasAnOutcomeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	stop := start(t, b, config(n))
	e := event("m1", "ann", 0, 1)
	publish(t, b, post(e))
	eventually(t, "sent", func() bool { return n.Total() == 1 })
	stop()
	// the same message again, as a publisher does that did not hear of its first try
	again := post(e)
	again.ID, again.Repeat = topology.MessageKey(e.GetMessage()), true
	republish(t, s, b, again)
	publish(t, b, post(event("m2", "ann", 0, 1)))
	start(t, s.Connect("egress-testnet"), config(n))
	eventually(t, "the next message", func() bool { return n.Total() == 2 })
	if got := fmt.Sprint(n.Took["ann"]); got != "[m1-0-0 m2-0-0]" {
		t.Errorf("took %s", got)
	}
}

func TestARejectedPartFailsTheRest(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(_ int, m *messagev1.Message) result.Result {
		if m.GetPart().GetIndex() == 1 && m.GetPart().GetCount() == 3 {
			return result.Result{Class: result.Rejected, Reason: reason.Untranslated("no")}
		}
		return result.Result{Class: result.Sent}
	}}
	start(t, b, config(n))
	var parts []bus.Post
	for i := range uint32(3) {
		parts = append(parts, post(event("m1", "ann", i, 3)))
	}
	if err := b.PublishAll(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	if err := b.PublishAll(t.Context(), parts); err != nil {
		t.Fatalf("a repeat of a stored batch: %v", err)
	}
	publish(t, b, post(event("m2", "ann", 0, 1)))
	eventually(t, "what comes after", func() bool { return n.Total() == 2 })
	for part, want := range []eventv1.Result{eventv1.Result_RESULT_SENT, eventv1.Result_RESULT_FAILED, eventv1.Result_RESULT_FAILED} {
		var e eventv1.Event
		if _, err := b.Read(t.Context(), topology.OutcomeSubject(far, channel, topology.Key("m1", 0, uint32(part))), &e); err != nil || e.GetOutcome().GetResult() != want {
			t.Errorf("part %d: %v, %v; want %v", part, e.GetOutcome().GetResult(), err, want)
		}
	}
	if n.Calls != 3 {
		t.Errorf("%d calls, want 3: a part after a rejected one is not tried", n.Calls)
	}
}

func TestADeadCredentialCostsFewCallsAndFailsNothing(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Suspended, Reason: reason.Untranslated("401"), Err: errors.New("status 401")}
	}}
	for i := range 60 {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%30), 0, 1)))
	}
	stop := start(t, b, config(n))
	eventually(t, "suspended", func() bool {
		_, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state."+far+"."+channel)
		return err == nil
	})
	stop()
	if n.Calls > 4 {
		t.Errorf("%d calls with a dead credential, want at most 4", n.Calls)
	}
	// a restart with the same credential asks once; with another, and no restart, all is sent
	before := n.Calls
	d := config(n)
	start(t, s.Connect("egress-testnet"), d)
	asked := func() int { n.Lock(); defer n.Unlock(); return n.Calls }
	eventually(t, "one probe", func() bool { return asked() > before })
	n.Lock()
	if n.Calls != before+1 {
		t.Errorf("%d calls, want one more than %d", n.Calls, before)
	}
	n.Judge = nil
	n.Unlock()
	d.Channels.Set([]delivery.Channel{{Network: far, ID: channel, Account: "a", Credentials: "c2", Send: n.Send}})
	eventually(t, "all sent", func() bool { return n.Total() == 60 })
	for c, keys := range n.Took {
		if len(keys) != 2 {
			t.Errorf("contact %s: %v", c, keys)
		}
	}
}
