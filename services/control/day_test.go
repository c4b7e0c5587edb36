package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	"github.com/bonychat/puente/services/translator"
)

type toyAccount struct {
	Token provider.Secret `json:"token"`
}

// toyCall is a call of the network: a list of these.
type toyEvent struct {
	Key  string `json:"key"`
	Text string `json:"text"`
	// Kind is what a broken decoder does with it: "" reads it all the same, "passed" passes over it, "refused" cannot read
	// the event, and "whole" cannot read the call.
	Kind string `json:"kind"`
}

// toy is a network whose decoder can be broken.
func toy(broken *atomic.Bool) provider.Network[toyAccount] {
	return provider.Network[toyAccount]{
		Name: "toy", Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "token"}},
		Receive: func(_ toyAccount, c webhook.Call) (events []provider.Event, err error) {
			var list []toyEvent
			if err := json.Unmarshal(c.Body, &list); err != nil {
				return nil, errors.New("no list of events")
			}
			for _, e := range list {
				event := provider.MessageEvent(e.Key, &messagev1.Contact{Address: "ana"}, content.Text(e.Text))
				if broken.Load() {
					switch e.Kind {
					case "passed":
						event = provider.IgnoredEvent("a kind that is not known")
					case "refused":
						event = provider.UnreadableEvent("a field is missing")
					case "whole":
						return nil, errors.New("a field is missing")
					}
				}
				events = append(events, event)
			}
			return events, nil
		},
		Open: func(toyAccount, provider.Host) (provider.Sender, error) { return nowhere{}, nil },
	}
}

// nowhere takes every message.
type nowhere struct{}

func (nowhere) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, nil
}

// running runs something until the test ends.
func running(t *testing.T, what string, run func(ctx context.Context, started func()) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	started, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- run(ctx, func() { close(started) }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	})
	select {
	case <-started:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not start")
	}
}

// A decoder is broken, a day's calls go by, it is mended, and the day is replayed without a double and without a loss.
func TestADayIsReplayedAfterADecoderWasMended(t *testing.T) {
	t.Parallel()
	a := start(t)
	var broken atomic.Bool
	broken.Store(true)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	translating, sending := a.server.Connect("translator"), a.server.Connect("egress-toy")
	running(t, "translator", func(ctx context.Context, started func()) error {
		return translator.Run(ctx, service.Env{Bus: translating, Shards: shardtest.Sole(translating), Log: log, Started: started})
	})
	running(t, "egress-toy", func(ctx context.Context, started func()) error {
		return runtime.Run(ctx, toy(&broken), runtime.Environment{Bus: sending, Shards: shardtest.Sole(sending), Log: log, PublicURL: "https://bridge.example.com", Started: started})
	})

	began := time.Now().Add(-time.Hour)
	const calls = 40
	want := map[string]bool{}
	for i := range calls {
		list := []toyEvent{
			{Key: fmt.Sprintf("%d-a", i), Text: fmt.Sprintf("plain %d", i)},
			{Key: fmt.Sprintf("%d-b", i), Text: fmt.Sprintf("other %d", i), Kind: []string{"", "passed", "refused", "whole"}[i%4]},
		}
		for _, e := range list {
			want[e.Text] = true
		}
		body, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		c := webhook.Call{Network: "toy", Channel: "A", Method: http.MethodPost, Body: body, AcceptedAt: began.Add(time.Duration(i) * time.Minute)}
		a.publish(topology.WebhookSubject("toy", "A"), c.Proto())
	}
	// of 40 calls 10 are read whole, 10 passed over one event, 10 refused one, and 10 are refused whole
	a.until("the broken day", func() bool { return len(a.toPlatform()) == 10*2+10+10 && a.count(topology.Dead.Name) == 20 })
	broken.Store(false)

	since := timestamppb.New(began)
	dry := a.replayCalls(&controlv1.ReplayCallsRequest{Network: "toy", Since: since, DryRun: true})
	first := &controlv1.ReplayCallsResponse{Calls: calls, NewMessages: 40, KnownMessages: 40, ReadableNow: 20, Done: true}
	if diff := cmp.Diff(first, dry, protocmp.Transform()); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	if n := len(a.toPlatform()); n != 40 {
		t.Fatalf("the dry run made %d messages", n-40)
	}
	if diff := cmp.Diff(first, a.replayCalls(&controlv1.ReplayCallsRequest{Network: "toy", Since: since}), protocmp.Transform()); diff != "" {
		t.Errorf("replay (-want +got):\n%s", diff)
	}
	a.until("the day again", func() bool { return len(a.toPlatform()) >= 80 && a.count(topology.Dead.Name) == 0 })

	// and once more: everything is known
	again := a.replayCalls(&controlv1.ReplayCallsRequest{Network: "toy", Channel: "A", Since: since})
	if diff := cmp.Diff(&controlv1.ReplayCallsResponse{Calls: calls, KnownMessages: 80, Done: true}, again, protocmp.Transform()); diff != "" {
		t.Errorf("second replay (-want +got):\n%s", diff)
	}
	// whatever was put there once more has been read when a last call has
	a.publish(topology.WebhookSubject("toy", "A"), webhook.Call{Network: "toy", Channel: "A", Method: http.MethodPost, Body: []byte(`[{"key":"last","text":"last"}]`), AcceptedAt: time.Now()}.Proto())
	want["last"] = true
	a.until("the last call", func() bool { return len(a.toPlatform()) >= 81 })
	got := map[string]bool{}
	for _, text := range a.toPlatform() {
		if got[text] {
			t.Errorf("%q is there twice", text)
		}
		got[text] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// toPlatform are the texts that wait for the platform.
func (a *api) toPlatform() (texts []string) {
	a.t.Helper()
	state, err := a.bus.State(a.t.Context(), topology.Egress(topology.Platform).Name)
	if err != nil {
		a.t.Fatal(err)
	}
	for next := max(state.First, 1); next <= state.Last; next++ {
		m, err := a.bus.At(a.t.Context(), topology.Egress(topology.Platform).Name, next)
		if errors.Is(err, bus.ErrNotFound) {
			continue
		}
		e := &eventv1.Event{}
		if err != nil || proto.Unmarshal(m.Data, e) != nil {
			a.t.Fatal(err)
		}
		texts = append(texts, e.GetMessage().GetContent().GetText().GetBody())
	}
	return texts
}

func (a *api) count(stream string) uint64 {
	a.t.Helper()
	state, err := a.bus.State(a.t.Context(), stream)
	if err != nil {
		a.t.Fatal(err)
	}
	return state.Messages
}

func (a *api) until(what string, is func() bool) {
	a.t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			a.t.Fatalf("never: %s (%d to the platform, %d dead)", what, len(a.toPlatform()), a.count(topology.Dead.Name))
		}
	}
}

// replayCalls is the last that a replay tells.
func (a *api) replayCalls(r *controlv1.ReplayCallsRequest) (last *controlv1.ReplayCallsResponse) {
	a.t.Helper()
	stream, err := controlv1connect.NewWebhookServiceClient(h2c(), a.url, connect.WithGRPC()).ReplayCalls(a.t.Context(), with(writer, r))
	if err != nil {
		a.t.Fatal(err)
	}
	defer stream.Close()
	for stream.Receive() {
		last = stream.Msg()
	}
	if err := stream.Err(); err != nil {
		a.t.Fatal(err)
	}
	return last
}
