package messages

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/control/contact"
	"github.com/bonychat/puente/services/control/history"
)

// owner is a process that sends for a channel, and says what is in its lanes.
type owner struct {
	*bus.Bus // the control API's
	process  *bus.Bus
	mu       sync.Mutex
	answer   *livev1.LaneAnswer
	asked    []string
}

// begins has the process answer about the channel from now on.
func (o *owner) begins(t *testing.T, answer *livev1.LaneAnswer) {
	t.Helper()
	o.answer = answer
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- rpc.Respond(ctx, o.process, topology.LaneSubject("telegram", "A"), "", 0, func(_ context.Context, q *livev1.LaneQuestion) (proto.Message, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.asked = q.GetIds()
			return proto.Clone(o.answer), nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	bustest.Eventually(t, "the process answers", func() bool {
		return rpc.Call(t.Context(), o.Bus, topology.LaneSubject("telegram", "A"), &livev1.LaneQuestion{}, &livev1.LaneAnswer{}) == nil
	})
}

// holds has the process say that the channel is held.
func (o *owner) holds(why *reasonv1.Reason, since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer.Held, o.answer.HeldSince = why, timestamppb.New(since)
}

// lastAsked are the messages that the process was asked about last.
func (o *owner) lastAsked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// service is a MessageService over a journal with these entries.
func service(t *testing.T, entries ...*journalv1.Entry) (*Service, *owner) {
	t.Helper()
	server := bustest.Start(t, "telegram")
	b := server.Connect("control")
	h, err := history.Open(history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Follow(ctx, b) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, h.Close()); err != nil {
			t.Error(err)
		}
	})
	for _, e := range entries {
		if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.JournalSubject(e.GetNetwork(), e.GetChannel()), Body: e}); err != nil {
			t.Fatal(err)
		}
	}
	for limit := time.Now().Add(60 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if behind, err := h.Behind(t.Context(), b); err == nil && behind == 0 {
			break
		}
	}
	o := &owner{Bus: b, process: server.Connect("egress-telegram")}
	return &Service{History: h, Bus: b, Contacts: contact.BookOf(b), TraceURL: func(id string) string { return "http://jaeger/trace/" + id }}, o
}

func waiting(b record.Digester, id string) *journalv1.Entry {
	return &journalv1.Entry{
		Id: id, Network: "telegram", Channel: "A", Contact: record.ContactDigest(b, "A", "+34600111222"), Service: "translator", Hop: journalv1.Hop_HOP_ROUTED,
		At: timestamppb.Now(), AcceptedAt: timestamppb.Now(), AcceptedBy: "ingress", Direction: messagev1.Direction_DIRECTION_OUTBOUND, Parts: 1, TraceId: "7ef719a6b3d84c1f9c0b7ef719a6b3d8",
	}
}

func (s *Service) one(t *testing.T, query string) *controlv1.WhereResponse {
	t.Helper()
	answer, err := s.Where(t.Context(), connect.NewRequest(&controlv1.WhereRequest{Query: query}))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer.Msg
}

// Where joins what the history knows with what the process says that sends.
func TestWhereAsksWhoSends(t *testing.T) {
	t.Parallel()
	s, o := service(t)
	for _, id := range []string{"m0000001", "m0000002"} {
		e := waiting(o.Bus, id)
		if _, err := o.Bus.Publish(t.Context(), bus.Post{Subject: topology.JournalSubject("telegram", "A"), Body: e}); err != nil {
			t.Fatal(err)
		}
	}
	for limit := time.Now().Add(60 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if behind, err := s.History.Behind(t.Context(), o.Bus); err == nil && behind == 0 {
			break
		}
	}
	m := s.one(t, "m0000002").GetMessages()[0]
	if m.GetLive() || m.GetState() != controlv1.State_STATE_ACCEPTED || m.GetTraceUrl() != "http://jaeger/trace/7ef719a6b3d84c1f9c0b7ef719a6b3d8" || len(m.GetHops()) != 2 {
		t.Errorf("nobody answers: %v", m)
	}
	limit := &reasonv1.Reason{Code: "telegram.too_many", En: "the network asked to wait"}
	o.begins(t, &livev1.LaneAnswer{Places: []*livev1.Place{{Id: "m0000002", Position: 2, Length: 2, Behind: "m0000001", Why: limit, NextTry: timestamppb.New(time.Unix(2e9, 0)), Ends: timestamppb.New(time.Unix(3e9, 0))}}})
	m = s.one(t, "m0000002").GetMessages()[0]
	if !m.GetLive() || m.GetState() != controlv1.State_STATE_WAITING || m.GetBehind() != "m0000001" || m.GetPosition() != 2 || m.GetLane() != 2 ||
		m.GetWhy().GetCode() != "telegram.too_many" || m.GetNextTry().GetSeconds() != 2e9 || m.GetEnds().GetSeconds() != 3e9 {
		t.Errorf("behind another: %v", m)
	}
	if ids := o.lastAsked(); len(ids) != 1 || ids[0] != "m0000002" {
		t.Errorf("asked: %q", ids)
	}
	o.holds(&reasonv1.Reason{Code: "puente.paused"}, time.Unix(1e9, 0))
	if m = s.one(t, "m0000002").GetMessages()[0]; m.GetWhy().GetCode() != "puente.paused" || m.GetStateAt().GetSeconds() != 1e9 || m.GetNextTry() != nil {
		t.Errorf("held: %v", m)
	}
	// by the contact: both, without hops, and its end is shown since who asks knows it
	answer := s.one(t, "+34 600 111 222")
	if len(answer.GetMessages()) != 2 || answer.GetMatch() != controlv1.Match_MATCH_CONTACT || answer.GetMessages()[0].GetContact() != "···222" || len(answer.GetMessages()[0].GetHops()) > 0 {
		t.Errorf("by contact: %v", answer)
	}
	if m = s.one(t, "m0000002").GetMessages()[0]; m.GetContact() != "" {
		t.Errorf("an address that is not known is shown: %q", m.GetContact())
	}
	if err := kv.Open(o.Bus, topology.Contacts).Put(t.Context(), "A."+record.ContactDigest(o.Bus, "A", "+34600111222"), []byte("user-7654321")); err != nil {
		t.Fatal(err)
	}
	if m = s.one(t, "m0000002").GetMessages()[0]; m.GetContact() != "···321" {
		t.Errorf("contact %q", m.GetContact())
	}
	_, err := s.Where(t.Context(), connect.NewRequest(&controlv1.WhereRequest{Query: "nothing"}))
	if connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("%v", err)
	}
	_, err = s.ListMessages(t.Context(), connect.NewRequest(&controlv1.ListMessagesRequest{PageToken: "xyz"}))
	if connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("%v", err)
	}
	list, err := s.ListMessages(t.Context(), connect.NewRequest(&controlv1.ListMessagesRequest{Channel: "A"}))
	if err != nil || len(list.Msg.GetMessages()) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}

// A watch tells that it lives, and ends: with its client, or after an hour.
func TestAWatchLivesAndEnds(t *testing.T) {
	t.Parallel()
	h, err := history.Open(history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	synctest.Test(t, func(t *testing.T) {
		s := &Service{History: h}
		began, signs := time.Now(), 0
		err := s.watch(t.Context(), &controlv1.WatchRequest{}, func(r *controlv1.WatchResponse) error {
			signs++
			return nil
		})
		if err != nil || time.Since(began) != watchEnds || signs < int(watchEnds/signOfLife) {
			t.Errorf("%d signs of life in %s, %v", signs, time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.watch(ctx, &controlv1.WatchRequest{}, func(*controlv1.WatchResponse) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		gone := errors.New("gone")
		if err := s.watch(t.Context(), &controlv1.WatchRequest{}, func(*controlv1.WatchResponse) error { return gone }); !errors.Is(err, gone) {
			t.Errorf("%v", err)
		}
		s.watches.Store(mostWatches)
		if err := s.watch(t.Context(), &controlv1.WatchRequest{}, nil); connect.CodeOf(err) != connect.CodeResourceExhausted {
			t.Errorf("%v", err)
		}
	})
}

// What a watch is about.
func TestAWatchChooses(t *testing.T) {
	t.Parallel()
	hop := &controlv1.Hop{Channel: "A", Id: "m1", Hop: "sent"}
	for q, want := range map[*controlv1.WatchRequest]bool{
		{}: true, {Channel: "A"}: true, {Channel: "B"}: false, {Id: "m1"}: true, {Id: "m2"}: false, {Failed: true}: false,
	} {
		if wanted(q, hop) != want {
			t.Errorf("%v", q)
		}
	}
	if !wanted(&controlv1.WatchRequest{Failed: true}, &controlv1.Hop{Hop: "dead"}) {
		t.Error("a dead one is a failure")
	}
}
