package whatsapptest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

const ana = "+34600111222"

// start is a stand-in and a sender to it.
func start(t *testing.T, settings ...map[string]any) (*whatsapptest.Server, provider.Sender) {
	t.Helper()
	api := whatsapptest.NewServer()
	t.Cleanup(api.Close)
	account := api.Account()
	for _, s := range settings {
		for name, v := range s {
			account[name] = v
		}
	}
	raw, err := json.Marshal(account)
	if err != nil {
		t.Fatal(err)
	}
	return api, sendertest.Open(t, whatsapp.Network, string(raw), api.URL)
}

func message(to string, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{Id: "0198c0ffee00700080000000000000aa", Contact: &messagev1.Contact{Address: to}, Content: c}
}

func text(to, body string) *messagev1.Message { return message(to, content.Text(body)) }

// bridge is a webhook as ingress serves it: what it admits is read.
type bridge struct {
	*httptest.Server

	mu     sync.Mutex
	events []provider.Event
	keys   []string // of calls
	down   int      // calls that are answered 503 first
	heard  chan struct{}
}

func newBridge(t *testing.T) *bridge {
	b := &bridge{heard: make(chan struct{}, 1000)}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call := webhook.Call{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body}
		v := whatsapp.Network.Webhook.Examine(call, webhook.Secrets{
			"app_secret": {whatsapptest.AppSecret}, "verify_token": {whatsapptest.VerifyToken}, "phone_number_id": {whatsapptest.PhoneNumberID},
		})
		b.mu.Lock()
		defer b.mu.Unlock()
		if v.Cause == webhook.Authentic && !v.Handshake {
			if b.down > 0 {
				b.down--
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			events, err := sendertest.Receive(whatsapp.Network, []byte(`{"phone_number_id":"`+whatsapptest.PhoneNumberID+`"}`), call)
			if err != nil {
				t.Errorf("%v", err)
			}
			b.events = append(b.events, events...)
			b.keys = append(b.keys, whatsapp.Network.Webhook.Dedupe.Find(call))
			b.heard <- struct{}{}
		}
		w.WriteHeader(v.Answer.Status)
		_, _ = io.WriteString(w, v.Answer.Body)
	}))
	t.Cleanup(b.Server.Close)
	return b
}

// after waits for so many calls and shows what they said.
func (b *bridge) after(t *testing.T, calls int) []string {
	t.Helper()
	for range calls {
		select {
		case <-b.heard:
		case <-time.After(20 * time.Second):
			t.Fatal("no call")
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.events {
		switch {
		case e.Receipt != nil:
			out = append(out, strings.TrimPrefix(e.Receipt.Status.String(), "STATUS_")+" "+e.Receipt.OwnID+e.Receipt.Reason.String())
		case e.Content != nil:
			out = append(out, e.Contact.GetAddress()+": "+e.Content.GetText().GetBody())
		default:
			out = append(out, e.Ignored)
		}
	}
	return out
}

func TestMessagesAreKeptPerContactInOrder(t *testing.T) {
	api, sender := start(t)
	for i := range 3 {
		for _, to := range []string{ana, "US.13491208655302741918"} {
			sent, err := sender.Send(t.Context(), text(to, fmt.Sprint("n", i)))
			if err != nil || len(sent.Ref) != 58 || sent.Address != "" {
				t.Fatalf("%+v: %v", sent, err)
			}
		}
	}
	quick := &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "¿?", Replies: []string{"sí", "no"}}}}
	picture := content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: "https://files.example.com/a.png"})
	for _, c := range []*messagev1.Content{quick, content.Location(40.5, -3.5, "Madrid"), picture} {
		if _, err := sender.Send(t.Context(), message(ana, c)); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range []string{ana, "US.13491208655302741918"} {
		sent, err := api.Wait(t.Context(), to, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range sent[:3] {
			if m.Text() != fmt.Sprint("n", i) || m.Data != "0198c0ffee00700080000000000000aa-0" {
				t.Errorf("message %d: %+v", i, m)
			}
		}
	}
	var kinds []string
	for _, m := range api.Messages(ana) {
		kinds = append(kinds, m.Type)
	}
	if got := strings.Join(kinds, " "); got != "text text text interactive location image" {
		t.Errorf("kinds: %s", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.Wait(ended, ana, 7); err == nil {
		t.Error("waited for nothing without an error")
	}
}

func TestAnotherSpelling(t *testing.T) {
	api, sender := start(t)
	api.Spell("+525512345678", "5215512345678")
	if sent, err := sender.Send(t.Context(), text("+525512345678", "hola")); err != nil || sent.Address != "+5215512345678" {
		t.Errorf("%+v: %v", sent, err)
	}
}

func TestFaults(t *testing.T) {
	api, sender := start(t)
	fail := func(f standin.Fault) func() { return func() { api.Fail(f) } }
	for _, test := range []struct {
		name  string
		arm   func()
		class result.Class
		taken int
	}{
		{"throughput", fail(standin.Fault{Code: 130429, RetryAfter: 3 * time.Second}), result.Waiting, 0},
		{"pair limit", fail(standin.Fault{To: ana, Code: 131056}), result.Waiting, 0},
		{"server error", fail(standin.Fault{Status: 502}), result.Retry, 0},
		{"out of order", fail(standin.Fault{Code: 131016}), result.Retry, 0},
		{"dropped before", fail(standin.Fault{DropBefore: true}), result.Uncertain, 0},
		{"dropped after", fail(standin.Fault{To: ana, DropAfter: true}), result.Uncertain, 1},
		{"out of the window", func() { api.Refuse(ana, 131047) }, result.Rejected, 0},
		{"in it again", func() { api.Refuse(ana, 0) }, -1, 1},
		{"token withdrawn", func() { api.Renew("another") }, result.Suspended, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(api.Messages(ana))
			test.arm()
			_, err := sender.Send(t.Context(), text(ana, "hola"))
			if (err == nil) != (test.class < 0) || err != nil && outcome.Classify(err).Class != test.class {
				t.Errorf("error %v, want class %v", err, test.class)
			}
			if got := len(api.Messages(ana)) - before; got != test.taken {
				t.Errorf("%d messages were taken, want %d", got, test.taken)
			}
		})
	}
	api.Renew(whatsapptest.AccessToken)
	api.Fail(standin.Fault{To: "+34600111333", Status: 500})
	if _, err := sender.Send(t.Context(), text(ana, "hola")); err != nil {
		t.Errorf("a fault of another contact: %v", err)
	}
	api.Fail(standin.Fault{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := sender.Send(ctx, text(ana, "hola")); err == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Errorf("slow: %v", err)
	}
	if calls := api.Calls(); len(calls) < 9 || calls[0].Status != 429 || calls[0].Code != 130429 || calls[4].Status != 0 {
		t.Errorf("calls: %+v", calls)
	}
}

func TestCallsAreJudged(t *testing.T) {
	api, _ := start(t)
	for name, test := range map[string]struct{ path, token, body, want string }{
		"no token":           {whatsapptest.PhoneNumberID + "/messages", "", `{}`, `"code":190`},
		"another number":     {"1/messages", whatsapptest.AccessToken, `{}`, `"error_subcode":33`},
		"not by description": {whatsapptest.PhoneNumberID + "/messages", whatsapptest.AccessToken, `{"type":"text","text":{}}`, "messaging_product"},
		"text too long": {whatsapptest.PhoneNumberID + "/messages", whatsapptest.AccessToken,
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+34600111222","type":"text","text":{"body":"` + strings.Repeat("a", 4097) + `"}}`, "4096"},
		"line break in a template": {whatsapptest.PhoneNumberID + "/messages", whatsapptest.AccessToken,
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+34600111222","type":"template","template":{"name":"a","language":{"policy":"deterministic","code":"es"},` +
				`"components":[{"type":"body","parameters":[{"type":"text","text":"a\nb"}]}]}}`, `"code":132018`},
		"app's subscriptions by the number's token": {"670843887433847/subscriptions", whatsapptest.AccessToken, ``, `"code":190`},
	} {
		t.Run(name, func(t *testing.T) {
			req, _ := http.NewRequestWithContext(t.Context(), "POST", api.URL+"/v23.0/"+test.path, strings.NewReader(test.body))
			req.Header.Set("Authorization", "Bearer "+test.token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, _ := io.ReadAll(resp.Body)
			if resp.StatusCode < 400 || !strings.Contains(string(answer), test.want) {
				t.Errorf("%d %s, want %s", resp.StatusCode, answer, test.want)
			}
		})
	}
	if n := len(api.Messages(ana)); n != 0 {
		t.Errorf("%d messages were taken", n)
	}
}

// Out of the window a text is a template, and what it holds passes the rules of parameters.
func TestTemplate(t *testing.T) {
	api, sender := start(t, map[string]any{"template": map[string]any{"name": "aviso", "language": "es"}})
	if _, err := sender.Send(t.Context(), text(ana, "dos\nlíneas\ty      huecos")); err != nil {
		t.Fatal(err)
	}
	if m := api.Messages(ana)[0]; m.Type != "template" || m.Text() != "dos líneas y huecos" {
		t.Errorf("%+v", m)
	}
}
