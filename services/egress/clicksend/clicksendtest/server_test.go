package clicksendtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
	"github.com/bonychat/puente/services/egress/clicksend"
	"github.com/bonychat/puente/services/egress/clicksend/clicksendtest"
)

const ana, luis = "+447777777777", "+447777777778"

// start is a stand-in and a sender to it.
func start(t *testing.T) (*clicksendtest.Server, provider.Sender) {
	t.Helper()
	api := clicksendtest.NewServer("acme", "key")
	t.Cleanup(api.Close)
	return api, open(t, api, `"webhook_token": "t0ken"`)
}

// open makes a sender with another setting.
func open(t *testing.T, api *clicksendtest.Server, setting string) provider.Sender {
	t.Helper()
	account := fmt.Sprintf(`{"username": "acme", "api_key": "key", %s, "api": %q}`, setting, api.URL)
	return sendertest.Open(t, clicksend.Network, account, api.URL)
}

var ids int

func text(to, body string) *messagev1.Message {
	ids++
	return &messagev1.Message{Id: fmt.Sprintf("%032x", ids), Contact: &messagev1.Contact{Address: to}, Content: content.Text(body)}
}

func TestMessagesAreKeptPerNumberInOrder(t *testing.T) {
	api, sender := start(t)
	for i := range 3 {
		for _, to := range []string{ana, luis} {
			m := text(to, fmt.Sprint("n", i))
			got, err := sender.Send(t.Context(), m)
			sent := api.Messages(to)
			if err != nil || len(sent) != i+1 || got.Ref != sent[i].ID || sent[i].CustomString != provider.IdempotencyKey(m) || sent[i].Body != fmt.Sprint("n", i) {
				t.Fatalf("sent %+v, kept %+v: %v", got, sent, err)
			}
		}
	}
	if sent, err := api.Wait(t.Context(), ana, 3); err != nil || len(sent) != 3 {
		t.Errorf("%d messages: %v", len(sent), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.Wait(ended, ana, 4); err == nil {
		t.Error("waited for nothing without an error")
	}
}

func TestCallsAreJudged(t *testing.T) {
	api, _ := start(t)
	for _, test := range []struct{ name, method, path, auth, body, want string }{
		{"no credentials", "GET", "/v3/account", "", "", `"http_code":401`},
		{"wrong key", "GET", "/v3/account", "acme:other", "", `"UNAUTHORIZED"`},
		{"no such call", "GET", "/v3/voice/send", "acme:key", "", `"http_code":404`},
		{"no body in a message", "POST", "/v3/sms/send", "acme:key", `{"messages":[{"to":"+447777777777"}]}`, `"BAD_REQUEST"`},
		{"unknown field", "POST", "/v3/sms/send", "acme:key", `{"messages":[{"to":"+447777777777","body":"a","txt":"b"}]}`, `"BAD_REQUEST"`},
		{"no JSON", "POST", "/v3/sms/send", "acme:key", `to=1`, `"BAD_REQUEST"`},
		{"no international number", "POST", "/v3/sms/send", "acme:key", `{"messages":[{"to":"0411111111","body":"a"}]}`, `"status":"INVALID_RECIPIENT"`},
		{"empty", "POST", "/v3/sms/send", "acme:key", `{"messages":[{"to":"+447777777777","body":" "}]}`, `"status":"EMPTY_MESSAGE"`},
		{"good", "POST", "/v3/sms/send", "acme:key", `{"messages":[{"to":"+447777777777","body":"a"}]}`, `"status":"SUCCESS"`},
		{"no such rule", "PUT", "/v3/automations/sms/inbound/7", "acme:key", `{"enabled":0}`, `"http_code":404`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(test.method, api.URL+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if user, key, ok := strings.Cut(test.auth, ":"); ok {
				r.SetBasicAuth(user, key)
			}
			if test.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if data, _ := io.ReadAll(resp.Body); !strings.Contains(string(data), test.want) {
				t.Errorf("%d %s, want %s", resp.StatusCode, data, test.want)
			}
		})
	}
	if calls := api.Calls(); len(calls) != 10 || calls[8].Operation != "POST /v3/sms/send" || calls[8].Status != 200 || calls[1].Code != "UNAUTHORIZED" {
		t.Errorf("%d calls: %+v", len(calls), calls)
	}
}

func TestFaults(t *testing.T) {
	api, sender := start(t)
	for _, test := range []struct {
		name  string
		arm   func()
		class result.Class
		taken int
	}{
		{"flood", func() { api.Limit(time.Hour) }, result.Waiting, 0},
		{"refused", func() { api.Limit(0); api.Refuse(ana, "COUNTRY_NOT_ENABLED") }, result.Rejected, 0},
		{"no credit", func() { api.Refuse(ana, "INSUFFICIENT_CREDIT") }, result.Suspended, 0},
		{"another key", func() { api.Refuse(ana, ""); api.Renew("other") }, result.Suspended, 0},
		{"server error", func() { api.Renew("key"); api.Fail(standin.Fault{Status: 502}) }, result.Retry, 0},
		{"dropped before", func() { api.Fail(standin.Fault{DropBefore: true}) }, result.Uncertain, 0},
		{"dropped after", func() { api.Fail(standin.Fault{DropAfter: true}) }, result.Uncertain, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(api.Messages(ana))
			test.arm()
			_, err := sender.Send(t.Context(), text(ana, "hola"))
			if err == nil || outcome.Classify(err).Class != test.class {
				t.Errorf("error %v, want class %v", err, test.class)
			}
			if got := len(api.Messages(ana)) - before; got != test.taken {
				t.Errorf("%d messages were taken, want %d", got, test.taken)
			}
		})
	}
	api.Fail(standin.Fault{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := sender.Send(ctx, text(ana, "hola")); err == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Errorf("slow: %v", err)
	}
}

// A message whose answer was lost is found in the history when it is tried again; the same words of another wait.
func TestALostAnswerIsFoundInTheHistory(t *testing.T) {
	api, sender := start(t)
	api.Throttle(time.Hour)
	api.Fail(standin.Fault{DropAfter: true})
	first := text(ana, "hola")
	if _, err := sender.Send(t.Context(), first); err == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Fatalf("lost: %v", err)
	}
	got, err := sender.Send(t.Context(), first)
	if sent := api.Messages(ana); err != nil || len(sent) != 1 || got.Ref != sent[0].ID {
		t.Errorf("again: %+v, %v; %d messages", got, err, len(sent))
	}
	if _, err := sender.Send(t.Context(), text(ana, "hola")); err == nil || outcome.Classify(err).Class != result.Waiting {
		t.Errorf("the same words of another message: %v", err)
	}
	if _, err := sender.Send(t.Context(), text(luis, "hola")); err != nil {
		t.Errorf("the same words to another number: %v", err)
	}
}

// What is pushed is admitted by the network's policy, in each form, and read.
func TestPushes(t *testing.T) {
	for _, form := range []string{"post", "get", "json"} {
		t.Run(form, func(t *testing.T) {
			api, sender := start(t)
			var read []provider.Event
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				call := webhook.Call{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body}
				cause := clicksend.Network.Webhook.Check(call, webhook.Secrets{"webhook_token": {"t0ken"}})
				events, err := sendertest.Receive(clicksend.Network, []byte("{}"), clicksend.Network.Webhook.Strip(call))
				if cause != webhook.Authentic || err != nil {
					t.Errorf("%q, %v", cause, err)
					w.WriteHeader(http.StatusUnauthorized)
				}
				read = append(read, events...)
			}))
			defer far.Close()
			if _, err := api.Deliver(t.Context(), api.Write(ana, "a nadie")); err == nil {
				t.Error("delivered to nobody")
			}
			if err := api.AddRules(far.URL+"/?token=t0ken", form); err != nil {
				t.Fatal(err)
			}
			m := text(ana, "¿qué tal?")
			if _, err := sender.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			sent := api.Messages(ana)[0]
			reply := api.Write(ana, "bien & tú + yo")
			for _, p := range []clicksendtest.Push{api.Report(sent, 200), api.Report(sent, 201), reply, reply, api.Report(sent, 301)} {
				if statuses, err := api.Deliver(t.Context(), p); err != nil || len(statuses) != 1 || statuses[0] != 200 {
					t.Fatalf("%v: %v", statuses, err)
				}
			}
			if len(read) != 5 || read[0].Receipt.OwnID != provider.IdempotencyKey(m) || read[1].Receipt.Ref != sent.ID || read[4].Receipt.Reason.IsZero() {
				t.Fatalf("read %+v", read)
			}
			if read[2].Key != read[3].Key || read[2].Content.GetText().GetBody() != "bien & tú + yo" || read[2].Contact.GetAddress() != ana {
				t.Errorf("read %+v", read[2])
			}
		})
	}
}

func TestSetup(t *testing.T) {
	api, sender := start(t)
	const url = "https://bridge.example.com/webhooks/clicksend/channel"
	setup := func(s provider.Sender, changes int) {
		t.Helper()
		before := len(api.Calls())
		if todo, err := s.(provider.Setter).Setup(t.Context(), url); err != nil || todo != "" {
			t.Fatalf("%q, %v", todo, err)
		}
		for _, c := range api.Calls()[before:] {
			if !strings.HasPrefix(c.Operation, "GET ") {
				changes--
			}
		}
		inbound, receipts := api.InboundRules(), api.ReceiptRules()
		if changes != 0 || len(inbound) != 1 || len(receipts) != 1 || !inbound[0].Enabled || inbound[0].Action != "URL" || receipts[0].Action != "URL" {
			t.Errorf("%d changes too few; inbound rules %+v, receipt rules %+v", changes, inbound, receipts)
		}
	}
	setup(sender, 2)
	setup(sender, 0)
	if r := api.InboundRules()[0]; r.Address != url+"?token=t0ken" || r.Number != "*" || r.Form != "post" {
		t.Errorf("%+v", r)
	}
	renewed := open(t, api, `"webhook_token": "renewed", "from": "+61411111111"`)
	setup(renewed, 2)
	setup(renewed, 0)
	if r := api.InboundRules()[0]; r.Address != url+"?token=renewed" || r.Number != clicksendtest.Number {
		t.Errorf("%+v", r)
	}
	api.Parts(4)
	if todo, err := renewed.(provider.Setter).Setup(t.Context(), url); err != nil || !strings.Contains(todo, "6 parts") {
		t.Errorf("%q, %v", todo, err)
	}
}
