package deadletter_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

func encode(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A letter is written before what it is about has gone: a crash in between leaves both, and one of them is too many.
func TestWhatIsStillThereIsNotReplayed(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("puente")
	m := &morgue{t: t, s: s, bus: b}
	m.remember("m1", 1)
	e := event("m1", "ana", 0, 1)
	for _, test := range []struct{ subject, service string }{
		{topology.EgressSubject(far, channel), "egress-testnet"}, {topology.MessageSubject(far, channel, "ana"), "translator"},
	} {
		sequence, err := b.Publish(t.Context(), bus.Post{Subject: test.subject, ID: "m1-0-0", Body: e})
		if err != nil {
			t.Fatal(err)
		}
		l := m.bury(test.service, test.subject, "m1-0-0", sequence, encode(t, e))
		if _, err := deadletter.Replay(t.Context(), b, []deadletter.Letter{l}); !errors.Is(err, deadletter.ErrUnfinished) {
			t.Errorf("%s: %v", test.subject, err)
		}
	}
	if letters, _, err := deadletter.List(t.Context(), b, deadletter.Query{}); err != nil || len(letters) != 2 {
		t.Errorf("%d letters left, %v", len(letters), err)
	}
	if s := m.state("m1"); s.GetGeneration() != 0 {
		t.Errorf("state %v", s)
	}
}

func TestWhatWasSentAfterAllIsNotReplayed(t *testing.T) {
	t.Parallel()
	m := newMorgue(t)
	m.send("m1", 1)
	eventually(t, "sent", func() bool { return m.concluded("m1-0-0") })
	m.replay([]deadletter.Letter{m.bury("egress-testnet", topology.EgressSubject(far, channel), "m1-0-0", 0, encode(t, event("m1", "ana", 0, 1)))}, false)
	m.letters(0)

	// its outcome has been forgotten, and the state knows
	m.remember("m2", 1)
	s := m.state("m2")
	s.Parts[0] = eventv1.Status_STATUS_SENT
	revision, err := m.bus.Read(t.Context(), topology.StateSubject(channel, "m2"), &indexv1.State{})
	if err == nil {
		_, err = m.bus.Replace(t.Context(), topology.StateSubject(channel, "m2"), s, revision, record.Keep)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.replay([]deadletter.Letter{m.bury("egress-testnet", topology.EgressSubject(far, channel), "m2-0-0", 0, encode(t, event("m2", "ana", 0, 1)))}, false)
	m.took("m1-0-0")
}

// inboundOf is a message of a contact of a network.
func inboundOf(network string) *eventv1.Event {
	e := event("in1", "ana", 0, 1)
	m := e.GetMessage()
	m.Network, m.Direction = network, messagev1.Direction_DIRECTION_INBOUND
	return e
}

func TestWhatCannotBeBroughtBackStays(t *testing.T) {
	t.Parallel()
	m := newMorgue(t)
	egress, id := topology.EgressSubject(far, channel), 0
	body := func(e *eventv1.Event) []byte { return encode(t, e) }
	if _, err := m.bus.Create(t.Context(), topology.StateSubject(channel, "void"), &indexv1.State{Standing: indexv1.Standing_STANDING_VOID}, record.Keep); err != nil {
		t.Fatal(err)
	}
	m.remember("other", 3)
	for name, l := range map[string]deadletter.Letter{
		"a status": m.bury("egress-bonychat", topology.EgressSubject(topology.Platform, channel), "m1-0-sent", 0, body(&eventv1.Event{
			Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{Id: "m1", Network: far, Channel: channel}},
		})),
		"an outcome":                m.bury("translator", topology.OutcomeSubject(far, channel, "m1-0-0"), "OUTCOMES_testnet-1", 0, body(event("m1", "ana", 0, 1))),
		"what cannot be read":       m.bury("translator", topology.MessageSubject(far, channel, "ana"), "MESSAGES-1", 0, []byte("\xff")),
		"a call that is none":       m.bury("egress-testnet", topology.WebhookSubject(far, channel), "WEBHOOKS_testnet-1", 0, []byte("\xff")),
		"a void":                    m.bury("egress-testnet", egress, "void-0-0", 0, body(event("void", "ana", 0, 1))),
		"a void, not yet sent":      m.bury("translator", topology.MessageSubject(far, channel, "ana"), "void-0-0", 0, body(event("void", "ana", 0, 1))),
		"what is forgotten":         m.bury("egress-testnet", egress, "gone-0-0", 0, body(event("gone", "ana", 0, 1))),
		"another network's message": m.bury("egress-other", topology.MessageSubject(far, channel, "ana"), "other-1", 0, body(inboundOf(far))),
		"another network's call": m.bury("egress-other", topology.WebhookSubject("other", channel), "other-2", 0, encode(t, &webhookv1.Call{
			Network: far, Channel: channel, Body: []byte("{}"), AcceptedAt: timestamppb.Now(), MadeKnown: true,
		})),
		"of other parts": m.bury("egress-testnet", egress, "other-0-0", 0, body(event("other", "ana", 0, 1))),
	} {
		if again, err := deadletter.Replay(t.Context(), m.bus, []deadletter.Letter{l}); again || !errors.Is(err, deadletter.ErrFinal) {
			t.Errorf("%s: %v, %v", name, again, err)
		}
		id++
	}
	if letters, _, err := deadletter.List(t.Context(), m.bus, deadletter.Query{}); err != nil || len(letters) != id {
		t.Errorf("%d letters left of %d, %v", len(letters), id, err)
	}
	m.took()
}

// What goes to the platform: a message's parts like those to a contact, an echo's each for itself.
func TestWhatGoesToThePlatformIsReplayed(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("puente")
	refuse := map[string]bool{"in-0-1": true, "echo-0-0": true, "echo-0-2": true}
	took := make(chan string, 100)
	start(t, s.Connect("egress-bonychat"), func() delivery.Config {
		d := config(nil)
		d.Far = topology.Platform
		send := func(_ context.Context, e *eventv1.Event) (string, result.Result) {
			m := e.GetMessage()
			if e.GetEcho() != nil {
				m = e.GetEcho().GetMessage()
			}
			if refuse[topology.MessageKey(m)] {
				return "", result.Result{Class: result.Rejected, Reason: reason.Untranslated("refused")}
			}
			took <- fmt.Sprintf("%s %t", topology.MessageKey(m), m.GetWrittenAt().AsTime().Equal(event("x", "", 0, 1).GetMessage().GetWrittenAt().AsTime()))
			return "", result.Result{Class: result.Sent}
		}
		d.Channels = delivery.NewChannels(delivery.Channel{Network: far, ID: channel, Account: "a", Credentials: "c1", Send: send})
		return d
	}())
	publish := func(e *eventv1.Event, m *messagev1.Message) {
		m.Direction = messagev1.Direction_DIRECTION_INBOUND
		if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject(topology.Platform, channel), ID: topology.MessageKey(m), Body: e}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint32(3) {
		e := event("in", "ana", i, 3)
		publish(e, e.GetMessage())
	}
	for i := range uint32(3) {
		m := event("echo", "ana", i, 3).GetMessage()
		publish(&eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: m, Ref: "r"}}}, m)
	}
	if _, err := b.Create(t.Context(), topology.SeenSubject(far, channel, "in"), &indexv1.Seen{Sequence: 7}, record.Keep); err != nil {
		t.Fatal(err)
	}
	var letters []deadletter.Letter
	eventually(t, "four dead letters", func() bool {
		var err error
		if letters, _, err = deadletter.List(t.Context(), b, deadletter.Query{Network: far, Channel: channel}); err != nil {
			t.Fatal(err)
		}
		return len(letters) == 4
	})
	groups := deadletter.Group(letters)
	if len(groups) != 3 {
		t.Fatalf("%d groups of %v", len(groups), letters)
	}
	eventually(t, "all are replayed", func() bool {
		groups = slices.DeleteFunc(groups, func(g []deadletter.Letter) bool {
			again, err := deadletter.Replay(t.Context(), b, g)
			if err != nil && !errors.Is(err, deadletter.ErrUnfinished) {
				t.Fatal(err)
			}
			return again
		})
		return len(groups) == 0
	})
	got := map[string]int{}
	for range 6 {
		got[<-took]++
	}
	// what was written when it was accepted does not become younger; what goes for the first time is as it was
	want := map[string]int{"in-0-0 true": 1, "echo-0-1 true": 1, "in-1-1 false": 1, "in-1-2 false": 1, "echo-1-0 false": 1, "echo-1-2 false": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var seen indexv1.Seen
	if _, err := b.Read(t.Context(), topology.SeenSubject(far, channel, "in"), &seen); err != nil || seen.GetGeneration() != 1 || seen.GetSequence() != 7 {
		t.Errorf("seen %v, %v", &seen, err)
	}
	if _, err := b.Read(t.Context(), topology.SeenSubject(far, channel, "echo"), &seen); err != nil || seen.GetGeneration() != 1 {
		t.Errorf("seen %v, %v", &seen, err)
	}
}
