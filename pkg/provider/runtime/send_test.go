package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// put puts an event on its way to the network.
func (w *world) put(id string, e *eventv1.Event) {
	w.t.Helper()
	if _, err := w.bus.Publish(w.t.Context(), bus.Post{Subject: topology.EgressSubject(network, channel), ID: id, Body: e}); err != nil {
		w.t.Fatal(err)
	}
}

func outbound(id, to string) *messagev1.Message {
	return &messagev1.Message{
		Id: id, Network: network, Channel: channel, Contact: &messagev1.Contact{Address: to}, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		AcceptedAt: timestamppb.Now(), Content: content.Text("hola"),
	}
}

// send puts a message on its way to a contact.
func (w *world) send(id, to string) {
	w.t.Helper()
	m := outbound(id, to)
	w.put(topology.MessageKey(m), &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}})
}

// results waits for the final outcome of a message, and returns what its records say, in their order.
func (w *world) results(id string) (results []string, last *eventv1.Outcome) {
	w.t.Helper()
	eventually(w.t, "outcome of "+id, func() bool {
		results = nil
		for _, e := range w.awaitOutcomes(0) {
			if o := e.GetOutcome(); o.GetId() == id {
				last = o
				results = append(results, strings.ToLower(strings.TrimPrefix(o.GetResult().String(), "RESULT_")))
			}
		}
		return last.GetResult() >= eventv1.Result_RESULT_SENT
	})
	return results, last
}

// scripted is a sender that judges each try of a message by its contact's name.
type scripted struct {
	mu    sync.Mutex
	tries map[string]int
	judge func(to string, try int) (string, error)
}

func (s *scripted) Send(_ context.Context, m *messagev1.Message) (provider.Sent, error) {
	s.mu.Lock()
	if s.tries == nil {
		s.tries = map[string]int{}
	}
	to := m.GetContact().GetAddress()
	s.tries[to]++
	try := s.tries[to]
	s.mu.Unlock()
	ref, err := s.judge(to, try)
	return provider.Sent{Ref: ref}, err
}

func TestAnErrorOfASendSaysWhatBecomesOfTheMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		errs     []error // of the first tries; the next is taken
		want     []string
		reason   string
		attempts uint32
	}{
		"taken":           {nil, []string{"sent"}, "", 1},
		"final":           {[]error{outcome.Reject(reason.Untranslated("the contact blocked the bot"), nil)}, []string{"failed"}, "the contact blocked the bot", 1},
		"told to wait":    {[]error{outcome.Wait(30*time.Millisecond, outcome.Contact, nil)}, []string{"waiting", "sent"}, "", 1},
		"temporary":       {[]error{outcome.Temporary(reason.Untranslated("away"), nil)}, []string{"waiting", "sent"}, "", 2},
		"answer lost":     {[]error{outcome.Uncertain(errors.New("lost"))}, []string{"waiting", "sent"}, "", 2},
		"not classified":  {[]error{errors.New("boom")}, []string{"waiting", "sent"}, "", 2},
		"only for a time": {[]error{outcome.TemporaryFor(time.Nanosecond, reason.Untranslated("away"), nil), outcome.TemporaryFor(time.Nanosecond, reason.Untranslated("gone"), nil)}, []string{"failed"}, "it could not be sent in time: away", 1},
	}
	s := &scripted{judge: func(to string, try int) (string, error) {
		if errs := tests[to].errs; try <= len(errs) {
			return "", errs[try-1]
		}
		return "their-" + to, nil
	}}
	w := start(t, courier(s))
	for name := range tests {
		w.send(strings.ReplaceAll(name, " ", ""), name)
	}
	for name, test := range tests {
		results, last := w.results(strings.ReplaceAll(name, " ", ""))
		if diff := cmp.Diff(test.want, results); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if last.GetReason() != test.reason || last.GetAttempts() != test.attempts || last.GetNetwork() != network || last.GetAddress() != name {
			t.Errorf("%s: %v", name, last)
		}
		if last.GetResult() == eventv1.Result_RESULT_SENT && last.GetRef() != "their-"+name {
			t.Errorf("%s: ref %q", name, last.GetRef())
		}
	}
}

func TestAPanicOfASendIsAnErrorOfOneMessage(t *testing.T) {
	t.Parallel()
	s := &scripted{judge: func(to string, try int) (string, error) {
		if to == "ana" && try == 1 {
			panic(token)
		}
		return "ok", nil
	}}
	w := start(t, courier(s))
	w.send("m1", "ana")
	w.send("m2", "bob")
	for _, id := range []string{"m1", "m2"} {
		if _, last := w.results(id); last.GetResult() != eventv1.Result_RESULT_SENT {
			t.Errorf("%v", last)
		}
	}
	if log := w.logs.String(); strings.Contains(log, token) || !strings.Contains(log, "panic in a network's code") || !strings.Contains(log, "in=send") {
		t.Errorf("log: %s", log)
	}
}

func TestABadCredentialSuspendsTheChannel(t *testing.T) {
	t.Parallel()
	s := &scripted{judge: func(string, int) (string, error) {
		return "", outcome.Suspend(reason.Untranslated("the network refuses the token"), errors.New("401"))
	}}
	w := start(t, courier(s))
	w.send("m1", "ana")
	w.send("m2", "ana")
	var state string
	eventually(t, "the channel's state", func() bool {
		data, _, err := kv.Open(w.bus, topology.Channels).Get(t.Context(), "state."+network+"."+channel)
		state = string(data)
		return err == nil
	})
	if !strings.Contains(state, "the network refuses the token") || strings.Contains(state, token) {
		t.Errorf("state %s", state)
	}
	for _, e := range w.awaitOutcomes(0) {
		if e.GetOutcome() != nil { // that the channel is held is told there too
			t.Errorf("a suspension is an outcome: %v", e)
		}
	}
}

// status is what only a platform is told.
func status(id string) (key string, e *eventv1.Event) {
	u := &eventv1.StatusUpdate{
		Id: id, Network: network, Channel: channel, Address: "ana", Status: eventv1.Status_STATUS_SENT, At: timestamppb.Now(), AcceptedAt: timestamppb.Now(),
	}
	return topology.StatusKey(id, 0, u.GetStatus()), &eventv1.Event{Kind: &eventv1.Event_Status{Status: u}}
}

func TestOnlyMessagesAreSentToANetwork(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.put(status("m1"))
	results, last := w.results("m1")
	if diff := cmp.Diff([]string{"failed"}, results); diff != "" || last.GetReason() != "only messages can be sent to a network" {
		t.Errorf("%v: %s", last, diff)
	}
}

// teller is a sender that is told everything.
type teller struct {
	sendFunc
	told chan *eventv1.Event
}

func (s teller) SendEvent(_ context.Context, e *eventv1.Event) error {
	s.told <- e
	return nil
}

func TestAPlatformIsToldEverything(t *testing.T) {
	t.Parallel()
	s := teller{idle, make(chan *eventv1.Event, 3)}
	w := start(t, courier(s))
	w.put(status("m1"))
	echo := outbound("m2", "ana")
	w.put(topology.MessageKey(echo), &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: echo}}})
	w.send("m3", "ana")
	for _, id := range []string{"m1", "m2", "m3"} {
		if _, last := w.results(id); last.GetResult() != eventv1.Result_RESULT_SENT {
			t.Errorf("%v", last)
		}
	}
	var got []string
	for range 3 {
		got = append(got, fmt.Sprintf("%T", (<-s.told).GetKind()))
	}
	slices.Sort(got) // they are in lanes of their own
	want := []string{"*eventv1.Event_Echo", "*eventv1.Event_Message", "*eventv1.Event_Status"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASendIsBoundedInTime(t *testing.T) {
	t.Parallel()
	n := courier(sendFunc(func(ctx context.Context, m *messagev1.Message) (string, error) {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 50*time.Millisecond {
			t.Errorf("deadline %v, %t", deadline, ok)
		}
		<-ctx.Done()
		return "", outcome.Reject(reason.Untranslated("too slow"), nil)
	}))
	n.SendTimeout = 50 * time.Millisecond
	w := start(t, n)
	w.send("m1", "ana")
	if _, last := w.results("m1"); last.GetReason() != "too slow" {
		t.Errorf("%v", last)
	}
}

func TestTheIdempotencyKeyIsOneForEverySend(t *testing.T) {
	t.Parallel()
	whole, part := outbound("0190abcdef", "ana"), outbound("0190abcdef", "ana")
	part.Part = &messagev1.Part{Index: 2, Count: 3}
	if a, b := provider.IdempotencyKey(whole), provider.IdempotencyKey(part); a != "0190abcdef-0" || b != "0190abcdef-2" {
		t.Errorf("%q and %q", a, b)
	}
	part.Generation = 1
	if got := provider.IdempotencyKey(part); got != "0190abcdef-2" {
		t.Errorf("a replay has another key: %q", got)
	}
	keys := map[string]bool{}
	for n := range uint32(27) { // more than 26 times is refused: see record
		part.Resent = n
		keys[provider.IdempotencyKey(part)] = true
	}
	if len(keys) != 27 || !keys["0190abcdef-2a"] || !keys["0190abcdef-2z"] {
		t.Errorf("sent again after it was taken: %v", keys)
	}
}
