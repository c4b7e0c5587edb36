package teams_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/services/egress/teams"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const channel = "t4k8p2x9m1c7vn"

// microsoft stands for all of Microsoft that is called: keys, tokens, and the connector.
type microsoft struct {
	*httptest.Server
	sent chan string // what activities were sent to, and their texts

	mu      sync.Mutex
	signers []*signer
	calls   map[string]int
}

func newMicrosoft(t *testing.T, signers ...*signer) *microsoft {
	m := &microsoft{sent: make(chan string, 10), signers: signers, calls: map[string]int{}}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *microsoft) publish(signers ...*signer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.signers = signers
}

func (m *microsoft) called(what string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[what]
}

func (m *microsoft) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	m.mu.Lock()
	defer m.mu.Unlock()
	answer := func(what, text string) {
		m.calls[what]++
		_, _ = w.Write([]byte(text))
	}
	switch {
	case r.URL.Path == "/keys":
		answer("keys", string(published(m.signers...)))
	case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"):
		answer("token", `{"token_type":"Bearer","expires_in":3599,"access_token":"t0ken-0f-the-bot"}`)
	case r.URL.Path == "/v3/conversations":
		answer("conversation", `{"id":"a:begun"}`)
	default:
		var out struct {
			Text string `json:"text"`
		}
		_ = json.NewDecoder(r.Body).Decode(&out)
		m.sent <- r.URL.Path + " " + r.Header.Get("Authorization") + " " + out.Text
		answer("activity", `{"id":"1"}`)
	}
}

// network is the network whose keys are published there.
func (m *microsoft) network() provider.Driver {
	n := teams.Network
	policy := *n.Webhook
	scheme := policy.Verify.(proof.JWT)
	scheme.Keys.URL = m.URL + "/keys"
	policy.Verify = scheme
	n.Webhook = &policy
	return n
}

// world is a broker with the channel, whose messages are kept by somebody else.
func world(t *testing.T, m *microsoft) (s *bustest.Server, b *bus.Bus, messages chan *eventv1.Event) {
	s = bustest.Start(t, "teams")
	b = s.Connect("translator")
	account := fmt.Sprintf(`{"app_id":%q,"client_secret":"s3cret","tenant_id":"72f988bf-86f1-41af-91ab-2d7cd011db47","login":%q,"service_url":%q}`, appID, m.URL, m.URL)
	if err := directory.Fill(t.Context(), b, []directory.Entry{{
		Channel: directory.Channel{ID: channel, Network: "teams", ContactID: "custom"}, Account: json.RawMessage(account),
		Platform: json.RawMessage(`{"webhook_url":"http://127.0.0.1:2","api_token":"t"}`),
	}}); err != nil {
		t.Fatal(err)
	}
	messages = make(chan *eventv1.Event, 10)
	run(t, func(ctx context.Context) error {
		return consume.Work{Stream: topology.Messages, Verb: "keep", Handle: func(_ context.Context, e *consume.Entry) error {
			messages <- e.Event
			return nil
		}}.Run(ctx, b, shardtest.Sole(b))
	})
	return s, b, messages
}

// serve runs the network's service until it is stopped.
func serve(t *testing.T, d provider.Driver, b *bus.Bus) (stop func()) {
	t.Helper()
	started := make(chan struct{})
	stop = run(t, func(ctx context.Context) error {
		return runtime.Run(ctx, d, runtime.Environment{
			Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), PublicURL: "http://127.0.0.1:1",
			KeysEvery: 5 * time.Millisecond, Started: func() { close(started) },
		})
	})
	select {
	case <-started:
	case <-time.After(30 * time.Second):
		t.Fatal("the network is not served")
	}
	return stop
}

// run runs something until it is stopped, or the test ends.
func run(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// next is the next of what comes.
func next[T any](t *testing.T, of chan T) (v T) {
	t.Helper()
	select {
	case v = <-of:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func put(t *testing.T, b *bus.Bus, p bus.Post) {
	t.Helper()
	if _, err := b.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// Where a person is answered, and the bot's token, outlive the process that learnt them.
func TestWhatIsKnownOutlivesTheProcess(t *testing.T) {
	m := newMicrosoft(t, newSigner(t, "k1", "msteams"))
	s, b, messages := world(t, m)
	stop := serve(t, m.network(), s.Connect("egress-teams"))
	said := strings.Replace(body, "https://smba.trafficmanager.net/emea/", m.URL+"/emea/", 1)
	c := webhook.Call{Network: "teams", Channel: channel, Method: http.MethodPost, Body: []byte(said), AcceptedAt: time.Now()}
	put(t, b, bus.Post{Subject: topology.WebhookSubject("teams", channel), Body: c.Proto()})
	if got := next(t, messages).GetMessage(); got.GetContent().GetText().GetBody() != "hello" || got.GetContact().GetAddress() != "29:1" {
		t.Fatalf("%v", got)
	}
	send := func(id, text string) {
		t.Helper()
		one := &messagev1.Message{
			Id: id, Network: "teams", Channel: channel, Contact: &messagev1.Contact{Address: "29:1"}, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
			AcceptedAt: timestamppb.Now(), Content: content.Text(text),
		}
		put(t, b, bus.Post{Subject: topology.EgressSubject("teams", channel), ID: topology.MessageKey(one), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: one}}})
		if got, want := next(t, m.sent), "/emea/v3/conversations/a:1/activities Bearer t0ken-0f-the-bot "+text; got != want {
			t.Errorf("sent to %s, want %s", got, want)
		}
	}
	send("m1", "hello to you")
	stop()
	stop = serve(t, m.network(), s.Connect("egress-teams"))
	defer stop()
	send("m2", "still here")
	if m.called("token") != 1 || m.called("conversation") != 0 {
		t.Errorf("%d tokens and %d conversations were asked for, want 1 and 0", m.called("token"), m.called("conversation"))
	}
}

// Keys that Microsoft changes are what the door judges by soon after, and nothing is started anew; the door reads them where the service
// declares them.
func TestKeysThatChangeArePickedUp(t *testing.T) {
	before, after := newSigner(t, "k1", "msteams"), newSigner(t, "k2", "msteams")
	m := newMicrosoft(t, before)
	s, b, _ := world(t, m)
	stop := serve(t, m.network(), s.Connect("egress-teams"))
	defer stop()
	judged := func(by *signer) webhook.Cause {
		t.Helper()
		var declared struct {
			Webhook *webhook.Policy `json:"webhook"`
		}
		if err := directory.Declaration(t.Context(), b, "teams", &declared); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		return declared.Webhook.Check(callOf(body, by.token(t, []byte(body), now, nil), now), secrets)
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("not within 30 s: %s", what)
			}
		}
	}
	until("a call by the first key is taken", func() bool { return judged(before) == webhook.Authentic })
	if cause := judged(after); cause != webhook.Forged {
		t.Errorf("by a key that is not published yet: %s", cause)
	}
	m.publish(after)
	until("a call by the new key is taken", func() bool { return judged(after) == webhook.Authentic })
	if cause := judged(before); cause != webhook.Forged {
		t.Errorf("by a key that is published no more: %s", cause)
	}
}
