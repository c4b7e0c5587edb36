package matrix_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
)

const (
	asToken = "as-7c1d2f"
	hsToken = "hs-9f8e3a"
)

// bridge is what the SDK is around the network, as small as these tests need it: it takes calls by the declared policy,
// as ingress does, keeps what was heard, and reads both with Receive.
type bridge struct {
	t       *testing.T
	whole   *testing.T // t of the whole test, while t is that of a step
	http    *httptest.Server
	replies *sendertest.Replies
	sender  provider.Sender

	mu     sync.Mutex
	fail   int // so many calls are taken and answered 500
	calls  []webhook.Call
	events []provider.Event
	seen   map[string]bool
	cursor string
	// account is the sender's.
	account json.RawMessage
}

func newBridge(t *testing.T) *bridge {
	b := &bridge{t: t, whole: t, seen: map[string]bool{}}
	b.http = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.http.Close)
	return b
}

// webhookURL is the channel's.
func (b *bridge) webhookURL() string { return b.http.URL + "/webhooks/matrix/channel" }

// open makes the sender for a homeserver. configured are addresses that the guard lets through.
func (b *bridge) open(homeserver, serverName string, configured ...string) provider.Sender {
	b.t.Helper()
	client := sendertest.NewClient(append(configured, homeserver)...)
	b.whole.Cleanup(client.Close)
	host := sendertest.Host("matrix", client)
	if b.replies == nil {
		b.replies = host.Replies.(*sendertest.Replies)
	}
	host.Replies, host.WebhookURL = b.replies, b.webhookURL()
	account, _ := json.Marshal(map[string]string{
		"homeserver": homeserver, "as_token": asToken, "hs_token": hsToken, "user_prefix": "soporte", "server_name": serverName,
	})
	if errs := matrix.Network.CheckAccount(account); len(errs) > 0 {
		b.t.Fatal(errs)
	}
	sender, err := sendertest.OpenAt(matrix.Network, account, host)
	if err != nil {
		b.t.Fatal(err)
	}
	b.sender = sender
	b.mu.Lock()
	b.account = account
	b.mu.Unlock()
	return sender
}

func (b *bridge) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	call := webhook.Call{
		Network: "matrix", Channel: "channel", Method: r.Method, Suffix: strings.TrimPrefix(r.URL.Path, "/webhooks/matrix/channel"),
		Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body, AcceptedAt: time.Now(),
	}
	verdict := matrix.Network.Webhook.Examine(call, webhook.Secrets{"hs_token": {hsToken}})
	b.mu.Lock()
	defer b.mu.Unlock()
	if verdict.Cause == webhook.Authentic && !verdict.Handshake {
		b.calls = append(b.calls, call)
		b.take(call)
		if b.fail > 0 {
			b.fail--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", verdict.Answer.ContentType)
	w.WriteHeader(verdict.Answer.Status)
	_, _ = io.WriteString(w, verdict.Answer.Body)
}

// take reads a call. What was taken before is known by its key. The lock is held.
func (b *bridge) take(call webhook.Call) {
	events, err := sendertest.Receive(matrix.Network, b.account, call)
	if err != nil {
		b.t.Errorf("%s: %v", call.Suffix, err)
	}
	for _, e := range events {
		if e.Ignored != "" || b.seen[e.Key] {
			continue
		}
		b.seen[e.Key] = true
		b.events = append(b.events, e)
		if e.Reply != nil {
			b.replies.Say(e.Contact.GetAddress(), *e.Reply)
		}
	}
}

// listen listens until the whole test, or stop, ends it.
func (b *bridge) listen() (stop func()) {
	ctx, cancel := context.WithCancel(b.whole.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := b.sender.(provider.Listener).Listen(ctx, b.position(), func(_ context.Context, cursor string, heard ...provider.Heard) error {
				b.mu.Lock()
				defer b.mu.Unlock()
				for _, h := range heard {
					b.take(webhook.Call{Network: "matrix", Channel: "channel", Suffix: h.Suffix, Body: h.Body, AcceptedAt: time.Now()})
				}
				if cursor != "" {
					b.cursor = cursor
				}
				return nil
			})
			if err != nil && ctx.Err() == nil {
				b.whole.Errorf("listen: %v", err)
				return
			}
		}
	}()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	b.whole.Cleanup(stop)
	return stop
}

func (b *bridge) position() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cursor
}

// failNext makes the next calls fail, though they are taken.
func (b *bridge) failNext(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = n
}

func (b *bridge) all() ([]webhook.Call, []provider.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]webhook.Call(nil), b.calls...), append([]provider.Event(nil), b.events...)
}

// await waits for an event.
func (b *bridge) await(what string, is func(provider.Event) bool) provider.Event {
	b.t.Helper()
	var found provider.Event
	eventually(b.t, what, func() bool {
		_, events := b.all()
		for _, e := range events {
			if is(e) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// says is an event with this text.
func says(text string) func(provider.Event) bool {
	return func(e provider.Event) bool { return e.Content.GetText().GetBody() == text }
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("it does not happen that %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
