package translator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Two channels of one network, which name contacts in different ways.
const (
	network = "testnet"
	custom  = "ch1"
	phone   = "ch2"
)

// page is the vendor's, where something is carried or confirmed.
const page = "https://docs.example.com"

// testnet carries little, so that much has to be fitted.
var testnet = provider.Description{
	Name: network, SendTimeout: 2 * time.Second, Carries: provider.Carries{
		Text: provider.Limit{Max: 40}, Image: page, Caption: provider.Limit{Max: 40}, Buttons: provider.Limit{Max: 2}, ButtonText: provider.Limit{Max: 10},
	},
}

// bridge is the translator between streams that the test fills, as ingress and the far ends do, and reads.
type bridge struct {
	t      *testing.T
	server *bustest.Server
	bus    *bus.Bus
	broker *broker
	tracer trace.Tracer // the translator's; nil for none
	taken  int
}

// newBridge has everything but the translator, which [bridge.run] starts.
func newBridge(t *testing.T) *bridge {
	t.Helper()
	s := bustest.Start(t, network)
	b := &bridge{t: t, server: s, bus: s.Connect("test"), broker: newBroker(t, s.URL())}
	var entries []directory.Entry
	for id, contacts := range map[string]string{custom: "custom", phone: "phone"} {
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: id, Network: network, ContactID: contacts},
			Account: json.RawMessage(`{}`), Platform: json.RawMessage(`{}`),
		})
	}
	if err := directory.Fill(t.Context(), b.bus, entries); err != nil {
		t.Fatal(err)
	}
	b.declare(testnet)
	return b
}

// declare is what the network declares from now on.
func (b *bridge) declare(d provider.Description) {
	b.t.Helper()
	if err := directory.Declare(b.t.Context(), b.bus, network, d); err != nil {
		b.t.Fatal(err)
	}
}

func startBridge(t *testing.T) *bridge {
	t.Helper()
	b := newBridge(t)
	b.run()
	return b
}

// run runs the translator until the test or the returned function ends it.
func (b *bridge) run() (stop func()) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.t.Context()))
	done := make(chan error, 1)
	connected := b.server.ConnectTraced("translator", b.tracer)
	env := service.Env{Bus: connected, Shards: shardtest.Sole(connected), Log: slog.New(slog.NewTextHandler(b.t.Output(), nil)), Started: func() {}}
	go func() { done <- translator.Run(ctx, env) }()
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("translator: %v", err)
		}
	}
	b.t.Cleanup(stop)
	return stop
}

// long ago enough for a first status to go at once.
func longAgo() *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(-time.Hour)) }

func outbound(channel, id, contact string, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{
		Id: id, Network: network, Channel: channel, Contact: &messagev1.Contact{Address: contact},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: longAgo(), Content: c,
	}
}

func inbound(channel, id, contact string, c *messagev1.Content) *messagev1.Message {
	m := outbound(channel, id, contact, c)
	m.Direction = messagev1.Direction_DIRECTION_INBOUND
	return m
}

func question(title string, replies ...string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: title, Replies: replies}}}
}

// post stores an event under a subject and returns its sequence.
func (b *bridge) post(subject, id string, e *eventv1.Event) uint64 {
	b.t.Helper()
	sequence, err := b.bus.Publish(b.t.Context(), bus.Post{Subject: subject, ID: id, Body: e})
	if err != nil {
		b.t.Fatal(err)
	}
	return sequence
}

// take stores a message on MESSAGES, as if it had not been stored before.
func (b *bridge) take(m *messagev1.Message) uint64 {
	b.t.Helper()
	return b.takeEvent(m, message(m))
}

func (b *bridge) takeEvent(m *messagev1.Message, e *eventv1.Event) uint64 {
	b.t.Helper()
	b.taken++
	return b.post(topology.MessageSubject(m.GetNetwork(), m.GetChannel(), m.GetContact().GetAddress()), fmt.Sprintf("entry-%d", b.taken), e)
}

func message(m *messagev1.Message) *eventv1.Event {
	return &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}
}

// write makes a record of INDEX.
func (b *bridge) write(subject string, r proto.Message) {
	b.t.Helper()
	if _, err := b.bus.Create(b.t.Context(), subject, r, record.Keep); err != nil {
		b.t.Fatal(err)
	}
}

// state is where an outbound message stands.
func (b *bridge) state(channel, id string) *indexv1.State {
	var s indexv1.State
	_, _ = b.bus.Read(b.t.Context(), topology.StateSubject(channel, id), &s)
	return &s
}

// sent is what waits for a far end, in order, once there are n of them.
func (b *bridge) sent(far string, n int) []stored {
	b.t.Helper()
	var all []stored
	b.eventually("enough on EGRESS_"+far, func() bool {
		all = b.broker.read(b.t, "EGRESS_"+far)
		return len(all) >= n
	})
	return all
}

// events are the bodies of what waits for a far end.
func (b *bridge) events(far string, n int) []*eventv1.Event {
	b.t.Helper()
	var events []*eventv1.Event
	for _, s := range b.sent(far, n) {
		events = append(events, decode(b.t, s, &eventv1.Event{}))
	}
	return events
}

// messages are those of the events that are messages to, or from, a contact.
func messages(events []*eventv1.Event, contact string) []*messagev1.Message {
	var out []*messagev1.Message
	for _, e := range events {
		if m := e.GetMessage(); m.GetContact().GetAddress() == contact {
			out = append(out, m)
		}
	}
	return out
}

func texts(messages []*messagev1.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.GetContent().GetText().GetBody())
	}
	return out
}

// entries are those of the journal, in its order.
func (b *bridge) entries() (all []*journalv1.Entry) {
	b.t.Helper()
	for _, s := range b.broker.read(b.t, topology.Journal.Name) {
		first := decode(b.t, s, &journalv1.Entry{})
		more := first.GetMore()
		first.More = nil
		all = append(append(all, first), more...)
	}
	return all
}

// history is the journal of one message, as "service hop" and the entries themselves.
func (b *bridge) history(id string) (hops []string, entries []*journalv1.Entry) {
	b.t.Helper()
	for _, e := range b.entries() {
		if e.GetId() == id {
			if e.GetAcceptedBy() != "" { // one entry for two hops
				in := &journalv1.Entry{
					Id: id, Generation: e.GetGeneration(), Network: e.GetNetwork(), Channel: e.GetChannel(), Contact: e.GetContact(),
					Service: e.GetAcceptedBy(), Hop: journalv1.Hop_HOP_ACCEPTED, At: e.GetAcceptedAt(), TraceId: e.GetTraceId(),
				}
				hops, entries = append(hops, in.GetService()+" accepted"), append(entries, in)
				e.AcceptedBy, e.AcceptedAt = "", nil
			}
			hops = append(hops, e.GetService()+" "+strings.ToLower(strings.TrimPrefix(e.GetHop().String(), "HOP_")))
			entries = append(entries, e)
		}
	}
	return hops, entries
}

// dead is the last dead letter of a channel, once there is one.
func (b *bridge) dead(channel string) *eventv1.DeadLetter {
	b.t.Helper()
	var d eventv1.DeadLetter
	b.eventually("a dead letter", func() bool {
		_, err := b.bus.Read(b.t.Context(), topology.DeadSubject("translator", network, channel), &d)
		return err == nil
	})
	return &d
}

// eventually polls: the condition is the work of others.
func (b *bridge) eventually(what string, ok func() bool) {
	b.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			b.t.Fatalf("never: %s", what)
		}
	}
}
