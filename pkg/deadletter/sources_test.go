package deadletter_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// What the translator gave up is handled again as the next generation, with its validity before it.
func TestWhatWasNotHandledIsHandledAgain(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("puente")
	handled := make(chan *messagev1.Message, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	translator := s.Connect("translator")
	go func() {
		defer close(ended)
		_ = consume.Work{Stream: topology.Messages, Verb: "translate", Handle: func(_ context.Context, e *consume.Entry) error {
			if e.Event.GetMessage().GetGeneration() == 0 {
				return consume.Permanent(reason.Untranslated("full"))
			}
			handled <- e.Event.GetMessage()
			return nil
		}}.Run(ctx, translator, shardtest.Sole(translator))
	}()
	defer func() { cancel(); <-ended }()
	e := event("i1", "ana", 0, 1)
	e.GetMessage().Direction = messagev1.Direction_DIRECTION_INBOUND
	old := timestamppb.New(e.GetMessage().GetAcceptedAt().AsTime().AddDate(0, 0, -20))
	e.GetMessage().AcceptedAt = old
	if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.MessageSubject(far, channel, "ana"), ID: "i1", Body: e}); err != nil {
		t.Fatal(err)
	}
	var letters []deadletter.Letter
	eventually(t, "it is replayed", func() bool {
		letters, _, _ = deadletter.List(t.Context(), b, deadletter.Query{})
		if len(letters) == 0 {
			return false
		}
		again, err := deadletter.Replay(t.Context(), b, letters)
		if err != nil && !errors.Is(err, deadletter.ErrUnfinished) {
			t.Fatal(err)
		}
		return again
	})
	m := <-handled
	if m.GetGeneration() != 1 || !m.GetAcceptedAt().AsTime().After(old.AsTime()) || !m.GetWrittenAt().AsTime().Equal(old.AsTime()) {
		t.Errorf("%v", m)
	}
	// a letter that was not removed, of what the translator has taken since
	if _, err := b.Create(t.Context(), topology.SeenSubject(far, channel, "i1"), &indexv1.Seen{Sequence: 9, Generation: 1}, record.Keep); err != nil {
		t.Fatal(err)
	}
	left := (&morgue{t: t, bus: b}).bury("translator", topology.MessageSubject(far, channel, "ana"), "i1", 0, encode(t, e))
	if again, err := deadletter.Replay(t.Context(), b, []deadletter.Letter{left}); again || err != nil {
		t.Errorf("%v, %v", again, err)
	}
}

func TestACallIsReadAgain(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("puente")
	call := &webhookv1.Call{Network: far, Channel: channel, Method: "POST", Body: []byte("body"), AcceptedAt: timestamppb.Now()}
	if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.WebhookSubject(far, channel), Body: call}); err != nil {
		t.Fatal(err)
	}
	readable, read := false, make(chan *webhookv1.Call, 10)
	follow := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		egress := s.Connect("egress-testnet")
		go func() {
			defer close(ended)
			_ = consume.Follow{Stream: topology.Webhooks(far), Verb: "receive", Split: func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
				if !readable {
					return nil, errors.New("cannot be read")
				}
				return []consume.Task{{Lane: "one", Do: func(context.Context) error {
					var c webhookv1.Call
					err := proto.Unmarshal(e.Body, &c)
					read <- &c
					return err
				}}}, nil
			}}.Run(ctx, egress, shardtest.Sole(egress))
		}()
		return func() { cancel(); <-ended }
	}
	stop := follow()
	var letters []deadletter.Letter
	eventually(t, "a dead letter", func() bool {
		letters, _, _ = deadletter.List(t.Context(), b, deadletter.Query{})
		return len(letters) == 1
	})
	stop()
	if letters[0].Kind != deadletter.Call || letters[0].Why.String() != "cannot be read" {
		t.Errorf("%+v", letters[0])
	}
	readable = true // a newer version of the service
	defer follow()()
	if again, err := deadletter.Replay(t.Context(), b, letters); !again || err != nil {
		t.Fatalf("%v, %v", again, err)
	}
	for {
		c := <-read
		if !c.GetAcceptedAt().AsTime().Equal(call.GetAcceptedAt().AsTime()) { // else the first one, read again from an older position
			if string(c.GetBody()) != "body" || c.GetMethod() != "POST" {
				t.Errorf("%v", c)
			}
			break
		}
	}
	if letters, _, err := deadletter.List(t.Context(), b, deadletter.Query{}); err != nil || len(letters) != 0 {
		t.Errorf("%v, %v", letters, err)
	}
}

// What was made of a call is forgotten before its letter is. A letter that does not name it, about one event among others, is
// not brought back then: the others would come twice.
func TestACallThatIsTooOldForItsOthers(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	m := &morgue{t: t, bus: s.Connect("puente")}
	stream := topology.Webhooks(far).Name
	old := timestamppb.New(time.Now().Add(-record.Keep))
	for name, test := range map[string]struct {
		call *webhookv1.Call
		key  string
		why  reason.Reason
		want error
	}{
		"one event of an old call":                    {&webhookv1.Call{AcceptedAt: old}, stream + "-7-1", reason.Untranslated("no id"), deadletter.ErrCallTooOld},
		"one that was replayed before":                {&webhookv1.Call{FirstAcceptedAt: old, AcceptedAt: timestamppb.Now()}, stream + "-7-1", reason.Untranslated("no id"), deadletter.ErrCallTooOld},
		"one whose task could be read":                {&webhookv1.Call{AcceptedAt: old}, stream + "-7", reason.BadName, deadletter.ErrCallTooOld},
		"all of an old call":                          {&webhookv1.Call{AcceptedAt: old}, stream + "-7", reason.Untranslated("no id"), nil},
		"one of a new call":                           {&webhookv1.Call{AcceptedAt: timestamppb.Now()}, stream + "-7-1", reason.Untranslated("no id"), nil},
		"one of an old call that names what was made": {&webhookv1.Call{AcceptedAt: old, MadeKnown: true}, stream + "-7-1", reason.Untranslated("no id"), nil},
	} {
		call := test.call
		call.Network, call.Channel = far, channel
		if _, err := m.bus.Publish(t.Context(), bus.Post{Subject: topology.DeadSubject("egress-testnet", far, channel), Body: &eventv1.DeadLetter{
			Service: "egress-testnet", Network: far, Channel: channel, Subject: topology.WebhookSubject(far, channel), Key: test.key, Sequence: 7,
			Why: test.why.Proto(), Reason: test.why.String(), Body: encode(t, call),
		}}); err != nil {
			t.Fatal(err)
		}
		letters, _, err := deadletter.List(t.Context(), m.bus, deadletter.Query{})
		if err != nil || len(letters) != 1 {
			t.Fatalf("%v, %v", letters, err)
		}
		again, err := deadletter.Replay(t.Context(), m.bus, letters)
		if !errors.Is(err, test.want) || again != (test.want == nil) {
			t.Errorf("%s: %t, %v", name, again, err)
		}
		if err := m.bus.Remove(t.Context(), topology.Dead.Name, letters[0].Sequence); err != nil {
			t.Fatal(err)
		}
	}
}
