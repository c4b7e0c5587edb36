package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// The network of these tests and its channel. A second channel belongs to another network.
const (
	network = "courier"
	channel = "A"
	service = "egress-" + network
)

// world is a broker with one network being served, and a translator that only keeps what it is told.
type world struct {
	t *testing.T
	// bus is the translator's connection.
	bus  *bus.Bus
	logs *logs

	mu       sync.Mutex
	messages []*eventv1.Event
	outcomes []*eventv1.Event
	subjects []string // of outcomes
}

// token is what no error may hold.
const token = "t0p-s3cret-t0ken"

const publicURL = "https://bridge.example.com"

// start serves a network until the test ends.
func start(t *testing.T, d provider.Driver) *world {
	t.Helper()
	w, s := newWorld(t)
	w.serve(d, s.Connect(service))
	return w
}

// newWorld is a world whose network is not served yet.
func newWorld(t *testing.T) (*world, *bustest.Server) {
	t.Helper()
	s := bustest.Start(t, network, "other")
	w := &world{t: t, bus: s.Connect("translator"), logs: &logs{t: t}}
	account := json.RawMessage(`{"key":"` + token + `","url":"http://127.0.0.1:1"}`)
	platform := json.RawMessage(`{"webhook_url":"http://127.0.0.1:2","api_token":"t"}`)
	if err := directory.Fill(t.Context(), w.bus, []directory.Entry{
		{Channel: directory.Channel{ID: channel, Network: network, ContactID: "custom"}, Account: account, Platform: platform},
		{Channel: directory.Channel{ID: "Z", Network: "other", ContactID: "custom"}, Account: json.RawMessage(`{}`), Platform: platform},
	}); err != nil {
		t.Fatal(err)
	}
	w.translate()
	return w, s
}

// serve runs the network until the test ends, or it is stopped, and waits until it is served.
func (w *world) serve(d provider.Driver, b *bus.Bus) (stop func()) {
	w.t.Helper()
	started := make(chan struct{})
	stop = w.run(func(ctx context.Context) error {
		return runtime.Run(ctx, d, runtime.Environment{
			Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
			PublicURL: publicURL, Started: func() { close(started) },
		})
	})
	select {
	case <-started:
	case <-time.After(30 * time.Second):
		w.t.Fatal("the network is not served")
	}
	return stop
}

// translate keeps what comes out of the network's service.
func (w *world) translate() {
	w.run(func(ctx context.Context) error {
		return consume.Work{Stream: topology.Messages, Verb: "keep", Handle: func(_ context.Context, e *consume.Entry) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.messages = append(w.messages, e.Event)
			return nil
		}}.Run(ctx, w.bus, shardtest.Sole(w.bus))
	})
	w.run(func(ctx context.Context) error {
		return consume.Follow{Stream: topology.Outcomes(network), Verb: "keep", Split: func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
			event := &eventv1.Event{}
			if err := proto.Unmarshal(e.Body, event); err != nil {
				return nil, err
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.outcomes, w.subjects = append(w.outcomes, event), append(w.subjects, e.Subject)
			return nil, nil
		}}.Run(ctx, w.bus, shardtest.Sole(w.bus))
	})
}

// run runs something until the test ends, or it is stopped.
func (w *world) run(f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("%v", err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

var acceptedAt = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// call stores a webhook call with this body.
func (w *world) call(body string) {
	w.t.Helper()
	w.callTo(channel, body)
}

func (w *world) callTo(channel, body string) {
	w.t.Helper()
	c := webhook.Call{Network: network, Channel: channel, Method: http.MethodPost, Body: []byte(body), AcceptedAt: acceptedAt}
	if _, err := w.bus.Publish(w.t.Context(), bus.Post{Subject: topology.WebhookSubject(network, channel), Body: c.Proto()}); err != nil {
		w.t.Fatal(err)
	}
}

// awaitMessages waits for so many events of MESSAGES.
func (w *world) awaitMessages(n int) []*eventv1.Event {
	w.t.Helper()
	return w.await("messages", n, &w.messages)
}

// awaitOutcomes waits for so many entries of OUTCOMES.
func (w *world) awaitOutcomes(n int) []*eventv1.Event {
	w.t.Helper()
	return w.await("outcomes", n, &w.outcomes)
}

func (w *world) await(what string, n int, list *[]*eventv1.Event) (got []*eventv1.Event) {
	w.t.Helper()
	eventually(w.t, what, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		got = slices.Clone(*list)
		return len(got) >= n
	})
	return got
}

// awaitDead waits for the last dead letter of a channel to hold this, and to have this reason.
func (w *world) awaitDead(channel, body, reason string) {
	w.t.Helper()
	var d eventv1.DeadLetter
	eventually(w.t, "dead letter: "+reason, func() bool {
		_, err := w.bus.Read(w.t.Context(), topology.DeadSubject(service, network, channel), &d)
		return err == nil && d.GetReason() == reason && strings.Contains(string(d.GetBody()), body)
	})
	if d.GetService() != service || d.GetNetwork() != network || d.GetChannel() != channel {
		w.t.Errorf("dead letter %v", &d)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// logs keeps what a service logs.
type logs struct {
	t   *testing.T
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.t.Output().Write(p)
	return l.all.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
