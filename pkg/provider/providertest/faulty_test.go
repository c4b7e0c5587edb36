package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// changed is the toy with something else in what it declares.
func changed(f func(n *provider.Network[account])) provider.Driver {
	n := toy
	f(&n)
	return n
}

// received is the toy with another Receive.
func received(f func(webhook.Call) ([]provider.Event, error)) provider.Driver {
	return changed(func(n *provider.Network[account]) { n.Receive = f })
}

// telling is the toy with other events.
func telling(f func(i int, e *provider.Event)) provider.Driver {
	return received(func(c webhook.Call) ([]provider.Event, error) {
		events, err := toy.Receive(c)
		for i := range events {
			f(i, &events[i])
		}
		return events, err
	})
}

// able is the toy with a sender that has something of its own.
func able(f func(s *toySender)) provider.Driver {
	return changed(func(n *provider.Network[account]) {
		n.Open = func(a account, h provider.Host) (provider.Sender, error) {
			s := &toySender{account: a, client: h.Client}
			f(s)
			return s, nil
		}
	})
}

// judged is the toy with another judgement of an answer.
func judged(f func(account, *messagev1.Message, *provider.Response, error) error) provider.Driver {
	return able(func(s *toySender) { s.judge = f })
}

// sending is the toy with another way to send.
func sending(f func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error)) provider.Driver {
	return able(func(s *toySender) { s.send = f })
}

// written is the toy with another body.
func written(f func(m *messagev1.Message, body map[string]any)) provider.Driver {
	return sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
		body, err := toyBody(m)
		if err != nil {
			return provider.Sent{}, provider.Reject("the toy takes no such message", err)
		}
		f(m, body)
		return s.post(ctx, m, body)
	})
}

// refusing is the toy where one status means something else.
func refusing(status int, err error) provider.Driver {
	return judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
		if r == nil || r.Status != status {
			return nil
		}
		return err
	})
}

// careless is an account that has no check of its own.
type careless struct {
	Key  provider.Secret `json:"key" doc:"The key."`
	API  string          `json:"api,omitempty" doc:"Where the toy is."`
	Size *int            `json:"size,omitempty" doc:"A number."`
}

// quoting is an account whose check quotes.
type quoting account

func (a quoting) Validate() error {
	if !strings.HasPrefix(a.API, "http") && a.API != "" {
		return fmt.Errorf("api: %q is no address", a.API)
	}
	return nil
}

// nameless is an account whose check names no field.
type nameless account

func (a nameless) Validate() error {
	if !strings.HasPrefix(a.API, "http") && a.API != "" {
		return errors.New("that is no address")
	}
	return nil
}

// settled is the toy with another type of account.
func settled[A any](plain func(A) account) provider.Network[A] {
	return provider.Network[A]{
		Name: toy.Name, Doc: toy.Doc, Carries: toy.Carries, Rate: toy.Rate, Webhook: toy.Webhook, Receive: toy.Receive, Listens: true,
		Open: func(a A, h provider.Host) (provider.Sender, error) { return toy.Open(plain(a), h) },
	}
}

func TestFaultyNetworksAreCaught(t *testing.T) {
	patience, fewer = 200*time.Millisecond, 6
	t.Cleanup(func() { patience, fewer = 10*time.Second, 40 })
	var calls atomic.Int64
	for name, test := range map[string]struct {
		network provider.Driver
		want    string
	}{
		// what it reads
		"keys of its own making": {telling(func(_ int, e *provider.Event) { e.Key += fmt.Sprint(calls.Add(1)) }), "not pure"},
		"the hour of the call": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			for i := range events {
				events[i].At = c.AcceptedAt
			}
			return events, err
		}), "not pure"},
		"a changed call": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			clear(c.Body)
			return events, err
		}), "changes the call"},
		"a panic on the call itself": {received(func(webhook.Call) ([]provider.Event, error) { panic("boom") }), "panic: boom"},
		"a panic on another type": {received(func(c webhook.Call) ([]provider.Event, error) {
			var v map[string]any
			if json.Unmarshal(c.Body, &v) == nil && v != nil && v["events"] == nil {
				_ = v["from"].(string)
			}
			return toy.Receive(c)
		}), "interface conversion"},
		"an error that quotes the call": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			if err != nil {
				err = fmt.Errorf("cannot read %s", c.Body)
			}
			return events, err
		}), "call.json mangled: the error holds"},
		"an event without a key":   {telling(func(_ int, e *provider.Event) { e.Key = "" }), "has no key"},
		"an event of two meanings": {telling(func(_ int, e *provider.Event) { e.Ignored = "ignored" }), "has 2 of content, receipt and ignored"},
		"an event of nobody":       {telling(func(_ int, e *provider.Event) { e.Contact = nil }), "has no contact"},
		"two events of one key":    {telling(func(_ int, e *provider.Event) { e.Key = "k" }), `two events have the key "k"`},
		"a text that is no text":   {telling(func(_ int, e *provider.Event) { e.Contact = &messagev1.Contact{Address: "\xff"} }), "cannot be stored"},
		"keys by the place in the batch": {telling(func(i int, e *provider.Event) { e.Key = fmt.Sprint("call-", i) }),
			"alone is another event than in its batch"},
		"a batch that is given up at what cannot be read": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			for i, e := range events {
				if e.Ignored != "" {
					return events[:i], nil
				}
			}
			return events, err
		}), "an element of events that cannot be read loses another"},
		"all of a batch of one contact": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			if len(events) > 2 {
				for i := range events[:2] {
					events[i].Contact = events[0].Contact // all of the first's
				}
			}
			return events, err
		}), "alone is another event than in its batch"},
		"a receipt that is not declared": {changed(func(n *provider.Network[account]) { n.Carries.Receipts, n.Carries.OwnID = false, false }),
			"is a receipt, and Carries.Receipts is not set"},
		"an own id that is not declared": {changed(func(n *provider.Network[account]) { n.Carries.OwnID = false }), "hands our id back, and Carries.OwnID is not set"},
		"a watermark that is not declared": {telling(func(_ int, e *provider.Event) {
			if e.Receipt != nil {
				e.Receipt = &provider.Receipt{UpTo: true, Status: eventv1.Status_STATUS_READ}
			}
		}), "is a watermark, and Carries.Watermarks is not set"},
		"aliases that are not declared": {telling(func(_ int, e *provider.Event) {
			if e.Contact != nil {
				e.Contact.Aliases = []string{"5550009"}
			}
		}), "Carries.Aliases is not set"},
		"watermarks that are only declared": {changed(func(n *provider.Network[account]) { n.Carries.Watermarks = true }),
			"Carries tells of a watermark, and no conversation shows one"},

		// what it says of errors
		"a secret in an error": {judged(func(a account, _ *messagev1.Message, r *provider.Response, _ error) error {
			if r == nil || r.OK() {
				return nil
			}
			return provider.Reject("the contact refuses messages", errors.New("with key "+a.Key.Reveal()))
		}), "the error holds the secret key"},
		"a text in a reason": {judged(func(_ account, m *messagev1.Message, r *provider.Response, _ error) error {
			if r == nil || r.OK() {
				return nil
			}
			return provider.Reject("cannot send "+m.GetContent().GetText().GetBody(), nil)
		}), "the error holds the message's text"},
		"an error that nobody classified": {refusing(403, errors.New("no")), "not classified"},
		"a failure without a reason":      {refusing(403, provider.Reject("", errors.New("no"))), "has no reason"},
		"the network's own words": {judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
			if r == nil || r.OK() || r.Status == 401 || r.Status >= 429 {
				return nil
			}
			var out struct {
				Error any `json:"error"`
			}
			_ = json.Unmarshal(r.Body, &out)
			return provider.Reject("the network says no", fmt.Errorf("%v", out.Error))
		}), "with an answer that quotes: the error holds"},
		"a panic on another answer": {judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
			var v map[string]any
			if r != nil && r.Status == 200 && json.Unmarshal(r.Body, &v) == nil {
				_ = v["id"].(string)
			}
			return nil
		}), "interface conversion"},
		"a secret in an error of Fetch": {able(func(s *toySender) {
			s.fetch = func(_ context.Context, s *toySender, _ *messagev1.Attachment) (*provider.File, error) {
				return nil, provider.Reject("no file at "+s.account.Key.Reveal(), nil)
			}
		}), "fetch.json (9): the error holds the secret key"},
		"a secret in an error of Setup": {able(func(s *toySender) {
			s.setup = func(_ context.Context, s *toySender, _ string) (string, error) {
				return "", provider.Suspend("refused", errors.New(s.account.Key.Reveal()))
			}
		}), "setup.json (10): the error holds the secret key"},

		// what it makes of an answer
		"a lost answer that is tried again": {judged(func(_ account, _ *messagev1.Message, _ *provider.Response, err error) error {
			if err == nil {
				return nil
			}
			return provider.Temporary("no answer", nil)
		}), "a lost answer is retry"},
		"an answer that is not read to its end": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, provider.Reject("no", err)
			}
			data, _ := json.Marshal(body)
			stream, err := s.client.Open(ctx, provider.Request{URL: s.account.API + "/send", Body: strings.NewReader(string(data)), ContentType: "application/json"})
			if err != nil {
				return provider.Sent{}, err
			}
			defer stream.Body.Close()
			if stream.Status != 200 {
				return provider.Sent{}, stream.Err()
			}
			answer, _ := io.ReadAll(stream.Body)
			var out struct{ ID string }
			_ = json.Unmarshal(answer, &out)
			return provider.Sent{Ref: out.ID}, nil
		}), "an answer that breaks off is taken for success"},
		"an outage that is final":               {refusing(500, provider.Reject("broken", nil)), "a server error is rejected"},
		"a wait that is final":                  {refusing(429, provider.Reject("slow down", nil)), "a request to wait is rejected"},
		"a wait that is tried at once":          {refusing(429, provider.Temporary("slow down", nil)), "a request to wait is retry"},
		"a wait of its own making":              {refusing(429, provider.Wait(time.Minute, provider.Channel, nil)), "a request to wait of 7s waits for 1m0s"},
		"a dead credential that is final":       {refusing(401, provider.Reject("who are you", nil)), "a refused credential is rejected"},
		"a dead credential that is tried again": {refusing(401, provider.Temporary("who are you", nil)), "a refused credential is retry"},
		"a page that is taken for success": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, provider.Reject("no", err)
			}
			resp, err := s.client.JSON(ctx, s.account.API+"/send", nil, body)
			if err != nil {
				return provider.Sent{}, err
			}
			var out struct{ ID string }
			_ = json.Unmarshal(resp.Body, &out)
			return provider.Sent{Ref: out.ID}, resp.Err()
		}), "an answer that cannot be read is taken for success"},
		"a registration that failed and is told as done": {able(func(s *toySender) {
			s.setup = func(ctx context.Context, s *toySender, url string) (string, error) {
				_, err := s.client.JSON(ctx, s.account.API+"/webhook", nil, map[string]string{"url": url})
				return "", err
			}
		}), "setup.json: a server error is taken for success"},
		"a file that is an error page": {able(func(s *toySender) {
			s.fetch = func(ctx context.Context, s *toySender, a *messagev1.Attachment) (*provider.File, error) {
				stream, err := s.client.Open(ctx, provider.Request{URL: s.account.API + "/files/" + a.GetHandle()})
				if err != nil {
					return nil, err
				}
				return &provider.File{Body: stream.Body, MediaType: "text/plain"}, nil
			}
		}), "fetch.json: a server error is taken for success"},
		"a context that is not heeded": {sending(func(_ context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, provider.Reject("no", err)
			}
			return s.post(context.Background(), m, body)
		}), "does not end with its context"},

		// what it asks
		"another request": {changed(func(n *provider.Network[account]) {
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				a.API += "/v2"
				return toy.Open(a, h)
			}
		}), "request 1 of message.json"},
		"a request too many": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			sent, err := sound(s).Send(ctx, m)
			if err == nil {
				_, err = sound(s).Send(ctx, m)
			}
			return sent, err
		}), "requests without an answer"},
		"no idempotency key":         {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "key") }), "it holds no idempotency key"},
		"a key of the message alone": {written(func(m *messagev1.Message, body map[string]any) { body["key"] = m.GetId() }), "does not tell parts apart"},
		"a key of each try":          {written(func(_ *messagev1.Message, body map[string]any) { body["key"] = rand.Int() }), "another try makes another request"},
		"a text that is cut": {written(func(_ *messagev1.Message, body map[string]any) {
			if text, _ := body["text"].(string); len(text) > 40 {
				body["text"] = text[:40]
			}
		}), "does not reach the network"},
		"a limit that the network does not keep": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			if len(m.GetContent().GetText().GetBody()) > 60 { // bytes, where Carries counts in UTF-16 units
				return provider.Sent{}, provider.Reject("too long", nil)
			}
			return sound(s).Send(ctx, m)
		}), "a text of exactly 60 utf16 (Carries.Text) is not sent"},
		"a caption that gets lost": {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "caption") }), "does not reach the network"},
		"a button that gets lost": {written(func(m *messagev1.Message, body map[string]any) {
			if b, _ := body["buttons"].([]string); len(b) > 2 {
				body["buttons"] = b[:2]
			}
		}), "does not reach the network"},
		"an address that gets lost":       {written(func(_ *messagev1.Message, body map[string]any) { delete(body, "address") }), "a place with its address (Carries.LocationAddress)"},
		"a kind that it says and not has": {changed(func(n *provider.Network[account]) { n.Carries.Video = true }), "Carries says video"},
		"a kind of the future that is sent": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				body = map[string]any{"to": m.GetContact().GetAddress(), "text": ""}
			}
			return s.post(ctx, m, body)
		}), "an attachment of a kind of the future is taken for sent"},
		"a kind of the future that is tried again": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			body, err := toyBody(m)
			if err != nil {
				return provider.Sent{}, err
			}
			return s.post(ctx, m, body)
		}), "not rejected"},
		"a panic on a message to nobody": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			_ = m.Contact.Address[0]
			return sound(s).Send(ctx, m)
		}), "invalid memory address"},
		"another spelling that is not declared": {sending(func(ctx context.Context, s *toySender, m *messagev1.Message) (provider.Sent, error) {
			sent, err := sound(s).Send(ctx, m)
			sent.Address = "0055"
			return sent, err
		}), "Carries.Aliases is not set"},

		// what it declares
		"a scheme without a secret": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.Token{Header: "X-Key"}}
		}), "secret is required"},
		"a secret that there is not": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.Token{Header: "X-Key", Secret: "token"}}
		}), "asks for the account's field token, which there is not"},
		"a policy that admits nobody": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.HMAC{Header: "X-Signature", Secret: "key", Hash: webhook.SHA256, Encoding: webhook.Hex, Over: []webhook.Part{webhook.Lit("v0:"), webhook.Body()}}}
		}), "no call of the conversations is admitted"},
		"a policy that refuses its own method": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: toy.Webhook.Verify, Methods: []string{http.MethodPut}}
		}), "no call of the conversations is admitted"},
		"a Receive that needs the credential": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			for i := range events {
				if c.Header.Get("X-Key") != "" {
					events[i].Key += "+"
				}
			}
			return events, err
		}), "it needs what was stripped"},
		"a name that is none":            {changed(func(n *provider.Network[account]) { n.Name = "The Toy" }), "network name"},
		"no documentation":               {changed(func(n *provider.Network[account]) { n.Doc = "the docs" }), "Doc is no https address"},
		"a caption of nothing":           {changed(func(n *provider.Network[account]) { n.Carries.Image, n.Carries.File = false, false }), "Carries.Caption is the limit of what is not carried"},
		"an own id without receipts":     {changed(func(n *provider.Network[account]) { n.Carries.Receipts = false }), "Carries.OwnID goes with Receipts"},
		"a unit of its own":              {changed(func(n *provider.Network[account]) { n.Carries.Unit = "words" }), "Carries.Unit is unknown"},
		"a budget without a time":        {changed(func(n *provider.Network[account]) { n.Rate.Channel = provider.Limit{Sends: 5} }), "Rate.Channel is no budget"},
		"listening that is not declared": {changed(func(n *provider.Network[account]) { n.Listens = false }), "does not declare that it is: Listens"},
		"a link to nothing": {changed(func(n *provider.Network[account]) { n.Links = map[string]string{"texts": "https://example.com"} }),
			`link "texts": known are text`},
		"a limit below zero": {changed(func(n *provider.Network[account]) { n.Carries.Buttons = -1 }), "negative limit"},
		"a setting without a doc": {settled(func(a struct {
			Key provider.Secret `json:"key"`
			API string          `json:"api,omitempty"`
		}) account {
			return account{Key: a.Key, API: a.API}
		}), "the account's field key has no doc"},
		"a credential that can be read": {settled(func(a struct {
			Key string `json:"key" doc:"The key."`
			API string `json:"api,omitempty" doc:"Where the toy is."`
		}) account {
			return account{Key: provider.NewSecret(a.Key), API: a.API}
		}), "the account's field key is a credential, and no provider.Secret"},
		"a check that quotes":         {settled(func(a quoting) account { return account(a) }), "CheckAccount quotes what was set"},
		"a check that names no field": {settled(func(a nameless) account { return account(a) }), "CheckAccount names no field"},
		"a panic on a setting": {settled(func(a careless) account {
			if a.Size != nil || strings.Contains(a.API, " ") {
				panic("size")
			}
			return account{Key: a.Key, API: a.API}
		}), "Open: panic: size"},
		"Open that quotes": {changed(func(n *provider.Network[account]) {
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				if strings.Contains(a.Key.Reveal(), "#") {
					return nil, fmt.Errorf("key %s", a.Key.Reveal())
				}
				return toy.Open(a, h)
			}
		}), "Open quotes what was set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Kit{}).try(t, test.network).String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}
