package bus_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const far, channel = "testnet", "ch1"

// event is a text to a contact, or part i of n of one.
func event(id, contact string, i, n uint32) *eventv1.Event {
	m := &messagev1.Message{
		Id: id, Network: far, Channel: channel, Contact: &messagev1.Contact{Address: contact}, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		AcceptedAt: timestamppb.Now(), Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: id}}},
	}
	if n > 1 {
		m.Part = &messagev1.Part{Index: i, Count: n}
	}
	return &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}
}

func post(e *eventv1.Event) bus.Post {
	return bus.Post{Subject: topology.EgressSubject(far, channel), ID: topology.MessageKey(e.GetMessage()), Body: e}
}

// network is a far end that keeps what it took.
type network struct {
	mu    sync.Mutex
	took  map[string][]string // by contact
	calls int
	judge func(call int, m *messagev1.Message) bus.Verdict // nil takes everything
}

func (n *network) send(_ context.Context, e *eventv1.Event) (string, bus.Verdict) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	m := e.GetMessage()
	v := bus.Verdict{Class: bus.Sent}
	if n.judge != nil {
		v = n.judge(n.calls, m)
	}
	if v.Class == bus.Sent {
		if n.took == nil {
			n.took = map[string][]string{}
		}
		n.took[m.GetContact().GetAddress()] = append(n.took[m.GetContact().GetAddress()], topology.MessageKey(m))
	}
	return "ref-" + topology.MessageKey(m), v
}

func (n *network) total() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	total := 0
	for _, c := range n.took {
		total += len(c)
	}
	return total
}

func delivery(n *network) bus.Delivery {
	return bus.Delivery{
		Far: far, Validity: time.Hour, SendTimeout: 5 * time.Second, Concurrency: 16,
		Routes: bus.NewRoutes(bus.Route{Network: far, Channel: channel, Account: "a", Credentials: "c1", Send: n.send}),
	}
}

// start runs a delivery until the returned function stops it and waits.
func start(t *testing.T, b *bus.Bus, d bus.Delivery) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Deliver(ctx, d) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("deliver: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestContactsKeepTheirOrderThroughFailures(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	rnd := rand.New(rand.NewPCG(1, 2))
	n := &network{judge: func(int, *messagev1.Message) bus.Verdict {
		switch rnd.IntN(20) {
		case 0:
			return bus.Verdict{Class: bus.Waiting, After: 20 * time.Millisecond}
		case 1:
			return bus.Verdict{Class: bus.Waiting, After: 10 * time.Millisecond, Scope: bus.ScopeChannel}
		case 2:
			return bus.Verdict{Class: bus.Waiting, After: 10 * time.Millisecond, Scope: bus.ScopeAccount}
		default:
			return bus.Verdict{Class: bus.Sent}
		}
	}}
	start(t, b, delivery(n))
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
	eventually(t, "all taken", func() bool { return n.total() >= contacts*each })
	n.mu.Lock()
	defer n.mu.Unlock()
	for contact, keys := range want {
		if fmt.Sprint(n.took[contact]) != fmt.Sprint(keys) {
			t.Errorf("%s: took %v, want %v", contact, n.took[contact], keys)
		}
	}
}

func TestWhatHasAnOutcomeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	stop := start(t, b, delivery(n))
	e := event("m1", "ann", 0, 1)
	publish(t, b, post(e))
	eventually(t, "sent", func() bool { return n.total() == 1 })
	stop()
	// the same message again, as a publisher does that did not hear of its first try
	again := post(e)
	again.ID, again.Repeat = topology.MessageKey(e.GetMessage()), true
	republish(t, b, again)
	publish(t, b, post(event("m2", "ann", 0, 1)))
	start(t, s.Connect("egress-testnet"), delivery(n))
	eventually(t, "the next message", func() bool { return n.total() == 2 })
	if got := fmt.Sprint(n.took["ann"]); got != "[m1-0-0 m2-0-0]" {
		t.Errorf("took %s", got)
	}
}

func publish(t *testing.T, b *bus.Bus, p bus.Post) {
	t.Helper()
	if _, err := b.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// republish gets a message past the stream's memory of ids, as a restart of the server does.
func republish(t *testing.T, b *bus.Bus, p bus.Post) {
	t.Helper()
	if err := b.ForgetIDs(t.Context(), "EGRESS_"+far); err != nil {
		t.Fatal(err)
	}
	publish(t, b, p)
}

func TestARejectedPartFailsTheRest(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{judge: func(_ int, m *messagev1.Message) bus.Verdict {
		if m.GetPart().GetIndex() == 1 && m.GetPart().GetCount() == 3 {
			return bus.Verdict{Class: bus.Rejected, Reason: "no"}
		}
		return bus.Verdict{Class: bus.Sent}
	}}
	start(t, b, delivery(n))
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
	eventually(t, "what comes after", func() bool { return n.total() == 2 })
	for part, want := range []eventv1.Result{eventv1.Result_RESULT_SENT, eventv1.Result_RESULT_FAILED, eventv1.Result_RESULT_FAILED} {
		var e eventv1.Event
		if _, err := b.Read(t.Context(), topology.OutcomeSubject(far, channel, topology.Key("m1", 0, uint32(part))), &e); err != nil || e.GetOutcome().GetResult() != want {
			t.Errorf("part %d: %v, %v; want %v", part, e.GetOutcome().GetResult(), err, want)
		}
	}
	if n.calls != 3 {
		t.Errorf("%d calls, want 3: a part after a rejected one is not tried", n.calls)
	}
}

func TestADeadCredentialCostsFewCallsAndFailsNothing(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{judge: func(int, *messagev1.Message) bus.Verdict {
		return bus.Verdict{Class: bus.Suspended, Reason: "401", Err: errors.New("status 401")}
	}}
	for i := range 60 {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%30), 0, 1)))
	}
	stop := start(t, b, delivery(n))
	eventually(t, "suspended", func() bool {
		_, _, err := b.Bucket(topology.Channels).Get(t.Context(), "state."+far+"."+channel)
		return err == nil
	})
	stop()
	if n.calls > 4 {
		t.Errorf("%d calls with a dead credential, want at most 4", n.calls)
	}
	// a restart with the same credential asks once; with another, and no restart, all is sent
	before := n.calls
	d := delivery(n)
	start(t, s.Connect("egress-testnet"), d)
	asked := func() int { n.mu.Lock(); defer n.mu.Unlock(); return n.calls }
	eventually(t, "one probe", func() bool { return asked() > before })
	n.mu.Lock()
	if n.calls != before+1 {
		t.Errorf("%d calls, want one more than %d", n.calls, before)
	}
	n.judge = nil
	n.mu.Unlock()
	d.Routes.Set([]bus.Route{{Network: far, Channel: channel, Account: "a", Credentials: "c2", Send: n.send}})
	eventually(t, "all sent", func() bool { return n.total() == 60 })
	for c, keys := range n.took {
		if len(keys) != 2 {
			t.Errorf("contact %s: %v", c, keys)
		}
	}
}
