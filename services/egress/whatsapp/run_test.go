package whatsapp_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

const (
	channel = "k7m2q9x4t8w1zb"
	sentID  = "0198c0ffee00700080000000000000aa"
	// longest is what the platform takes for an id; WhatsApp's have 58 characters.
	longest = 50
)

// Served on a real broker: WhatsApp's ids, longer than the platform takes, stay inside as digests, both ways; the
// contact's other spelling becomes an alias; a receipt names our message by our own id, whatever WhatsApp's is.
func TestLongIDsStayInside(t *testing.T) {
	api := whatsapptest.NewServer()
	defer api.Close()
	s := bustest.Start(t, "whatsapp")
	b := s.Connect("translator")
	account, err := json.Marshal(api.Account())
	if err != nil {
		t.Fatal(err)
	}
	if err := directory.Fill(t.Context(), b, []directory.Entry{{
		Channel: directory.Channel{ID: channel, Network: "whatsapp", ContactID: "phone"}, Account: account,
		Platform: json.RawMessage(`{"webhook_url":"http://127.0.0.1:2","api_token":"t"}`),
	}}); err != nil {
		t.Fatal(err)
	}
	messages, outcomes := listen(t, b)
	serve(t, s.Connect("egress-whatsapp"))

	api.Spell("+525512345678", "5215512345678")
	m := &messagev1.Message{
		Id: sentID, Network: "whatsapp", Channel: channel, Contact: &messagev1.Contact{Address: "+525512345678"},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: timestamppb.Now(), Content: content.Text("hola"),
	}
	publish(t, b, bus.Post{
		Subject: topology.EgressSubject("whatsapp", channel), ID: topology.MessageKey(m), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	})
	sent, err := api.Wait(t.Context(), "+525512345678", 1)
	if err != nil || len(sent[0].ID) <= longest {
		t.Fatalf("%+v: %v", sent, err)
	}
	outcome := next(t, outcomes).GetOutcome()
	want := record.RefDigest(b, "whatsapp", channel, sent[0].ID)
	if outcome.GetRef() != sent[0].ID || len(want) > longest || outcome.GetAlias() != "+5215512345678" {
		t.Errorf("outcome %v, digest %s", outcome, want)
	}

	call(t, b, whatsapptest.Status(sent[0], "delivered", 0), api.Text("5215512345678", "¿sí?"), api.Echo("5215512345678", "te llamo"))
	receipt := next(t, outcomes).GetReceipt()
	if receipt.GetOwnId() != sentID || receipt.GetRef() != want || receipt.GetStatus() != eventv1.Status_STATUS_DELIVERED {
		t.Errorf("receipt %v", receipt)
	}
	for range 2 {
		e := next(t, messages)
		m := e.GetMessage()
		if echo := e.GetEcho(); echo != nil {
			m = echo.GetMessage()
			if len(echo.GetRef()) > longest || echo.GetRef() == "" {
				t.Errorf("echo %v", echo)
			}
		}
		if id := m.GetId(); id == "" || len(id) > longest || m.GetContact().GetAddress() != "+5215512345678" || strings.Contains(id, "wamid") {
			t.Errorf("message %v", m)
		}
	}
}

// listen keeps what comes out of the network's service.
func listen(t *testing.T, b *bus.Bus) (messages, outcomes chan *eventv1.Event) {
	messages, outcomes = make(chan *eventv1.Event, 10), make(chan *eventv1.Event, 10)
	run(t, func(ctx context.Context) error {
		return consume.Work{Stream: topology.Messages, Verb: "keep", Handle: func(_ context.Context, e *consume.Entry) error {
			messages <- e.Event
			return nil
		}}.Run(ctx, b, shardtest.Sole(b))
	})
	run(t, func(ctx context.Context) error {
		return consume.Follow{Stream: topology.Outcomes("whatsapp"), Verb: "keep", Split: func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
			event := &eventv1.Event{}
			if err := proto.Unmarshal(e.Body, event); err != nil {
				return nil, err
			}
			outcomes <- event
			return nil, nil
		}}.Run(ctx, b, shardtest.Sole(b))
	})
	return messages, outcomes
}

func serve(t *testing.T, b *bus.Bus) {
	t.Helper()
	started := make(chan struct{})
	run(t, func(ctx context.Context) error {
		return runtime.Run(ctx, whatsapp.Network, runtime.Environment{
			Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), PublicURL: "http://127.0.0.1:1", Started: func() { close(started) },
		})
	})
	select {
	case <-started:
	case <-time.After(30 * time.Second):
		t.Fatal("the network is not served")
	}
}

// run runs something until the test ends.
func run(t *testing.T, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%v", err)
		}
	})
}

func next(t *testing.T, events chan *eventv1.Event) *eventv1.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
		return nil
	}
}

// call stores a webhook call as ingress does.
func call(t *testing.T, b *bus.Bus, changes ...whatsapptest.Change) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": "1", "changes": changes}}})
	if err != nil {
		t.Fatal(err)
	}
	c := webhook.Call{Network: "whatsapp", Channel: channel, Method: http.MethodPost, Body: body, AcceptedAt: time.Now()}
	publish(t, b, bus.Post{Subject: topology.WebhookSubject("whatsapp", channel), Body: c.Proto()})
}

func publish(t *testing.T, b *bus.Bus, p bus.Post) {
	t.Helper()
	if _, err := b.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}
