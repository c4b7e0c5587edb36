package ingress_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/services/ingress"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// The channels, by what is special about them.
const (
	custom     = "ch1"
	phone      = "ch2"
	undeclared = "ch3" // its network has never run
	polled     = "ch4" // its network makes no calls
	homeless   = "ch5" // its network has no streams
)

func token(channel string) string { return "platform-token-of-" + channel + "-0123456789abcdefgh" }

const secret = "webhook-secret-0123456789"

// policy is that of every network which makes calls.
var policy = &webhook.Policy{
	Verify: proof.Token{Header: "X-Test-Token", Secret: "secret"}, Methods: []string{http.MethodPost, http.MethodPut}, MaxBody: 1000,
	Dedupe: expr.JSON("id"), Accepted: webhook.Answer{Status: http.StatusAccepted, ContentType: "text/plain", Body: "taken"},
	Refused: map[webhook.Cause]webhook.Answer{webhook.Forged: {Status: http.StatusForbidden, Body: "go away"}},
}

// edge is ingress between callers and a broker.
type edge struct {
	t      *testing.T
	server *bustest.Server
	bus    *bus.Bus // the test's own
	in     *ingress.Ingress
	url    string
	log    *log
	read   uint64 // of MESSAGES
}

func newEdge(t *testing.T, change ...func(*ingress.Options)) *edge {
	t.Helper()
	s := bustest.Start(t, "testnet", "silent", "polled")
	e := &edge{t: t, server: s, bus: s.Connect("test"), log: &log{}}
	var entries []directory.Entry
	for id, network := range map[string]string{custom: "testnet", phone: "testnet", undeclared: "silent", polled: "polled", homeless: "homeless"} {
		contacts := "custom"
		if id == phone {
			contacts = "phone"
		}
		entries = append(entries, entry(id, network, contacts, token(id), secret))
	}
	if err := directory.Fill(t.Context(), e.bus, entries); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*webhook.Policy{"testnet": policy, "homeless": policy, "polled": nil} {
		if err := directory.Declare(t.Context(), e.bus, name, provider.Description{Name: name, Webhook: p}); err != nil {
			t.Fatal(err)
		}
	}
	o := ingress.Options{Log: slog.New(slog.NewTextHandler(io.MultiWriter(t.Output(), e.log), nil)), Tracer: noop.NewTracerProvider().Tracer("")}
	for _, f := range change {
		f(&o)
	}
	o.Bus = s.ConnectTraced("ingress", o.Tracer)
	e.in = ingress.New(o)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	followed := make(chan error, 1)
	go func() { followed <- e.in.Follow(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-followed; err != nil {
			t.Error(err)
		}
	})
	<-e.in.Loaded()
	server := httptest.NewServer(e.in)
	t.Cleanup(e.in.Close)
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func entry(id, network, contacts, token, secret string) directory.Entry {
	return directory.Entry{
		Channel: directory.Channel{ID: id, Network: network, ContactID: contacts},
		Account: json.RawMessage(fmt.Sprintf(`{"secret": %q}`, secret)), Platform: json.RawMessage(fmt.Sprintf(`{"api_token": %q}`, token)),
		Verifies: []string{"secret"},
	}
}

// log is what was logged.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// answer is what a call was answered.
type answer struct {
	status int
	header http.Header
	body   string
}

// refusal is the message of the contract's error shape; a test fails where the answer has another.
func (a answer) refusal(t *testing.T) string {
	t.Helper()
	var shape struct {
		Error *struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(a.body), &shape); err != nil || shape.Error == nil || shape.Error.Message == "" {
		t.Errorf("status %d and not the error's shape: %q", a.status, a.body)
		return ""
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("an error of type %q", got)
	}
	return shape.Error.Message
}

func (e *edge) call(method, path string, header http.Header, body string) answer {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	return e.do(req)
}

func (e *edge) do(req *http.Request) answer {
	e.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// post posts a message as the platform does.
func (e *edge) post(channel, body string) answer {
	e.t.Helper()
	return e.call(http.MethodPost, "/message", http.Header{"Authorization": {"Bearer " + token(channel)}}, body)
}

func textTo(contact, body string) string {
	return fmt.Sprintf(`{"contactId": %q, "message": {"type": "text", "text": %q}}`, contact, body)
}

// mID is the id that a message was accepted under.
func (a answer) mID(t *testing.T) string {
	t.Helper()
	var accepted struct {
		MID string `json:"mId"`
	}
	if err := json.Unmarshal([]byte(a.body), &accepted); err != nil || a.status != http.StatusOK || accepted.MID == "" {
		t.Fatalf("not accepted: %d %s", a.status, a.body)
	}
	return accepted.MID
}

// messages are the next n on MESSAGES.
func (e *edge) messages(n int) []*messagev1.Message {
	e.t.Helper()
	var all []*messagev1.Message
	for _, stored := range e.server.Await(topology.Messages.Name, e.read, n) {
		var event eventv1.Event
		stored.Into(e.t, &event)
		all = append(all, event.GetMessage())
		e.read = stored.Sequence
	}
	return all
}

// mark stores an event that tells what came before it from what comes after.
func (e *edge) mark() {
	e.t.Helper()
	m := &messagev1.Message{Id: "mark", Channel: "mark"}
	_, err := e.bus.Publish(e.t.Context(), bus.Post{
		Subject: topology.MessageSubject("testnet", "mark", ""), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	})
	if err != nil {
		e.t.Fatal(err)
	}
}
