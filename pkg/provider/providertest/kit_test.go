package providertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// listener is a reporter that remembers.
type listener struct{ heard []string }

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) {
	l.heard = append(l.heard, fmt.Sprintf(format, args...))
}

func (l *listener) String() string { return strings.Join(l.heard, "\n") }

// try plays the toy's conversation with a network.
func try(t *testing.T, network provider.Driver) *listener {
	t.Helper()
	c, err := load("testdata/conversation.txtar")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{}
	checkDeclaration(l, network)
	play(l, network, c)
	return l
}

func TestRunPassesASoundNetwork(t *testing.T) { Run(t, toy, "testdata") }

// received is the toy with another Receive.
func received(f func(webhook.Call) ([]provider.Event, error)) provider.Driver {
	n := toy
	n.Receive = f
	return n
}

// judged is the toy with another judgement of an answer.
func judged(f func(account, *messagev1.Message, *provider.Response, error) error) provider.Driver {
	n := toy
	n.Open = func(a account, h provider.Host) (provider.Sender, error) {
		return &toySender{account: a, client: h.Client, judge: f}, nil
	}
	return n
}

func TestFaultyNetworksAreCaught(t *testing.T) {
	calls := 0
	for name, test := range map[string]struct {
		network provider.Driver
		want    string
	}{
		"keys of its own making": {received(func(c webhook.Call) ([]provider.Event, error) {
			calls++
			events, err := toy.Receive(c)
			for i := range events {
				events[i].Key += fmt.Sprint(calls)
			}
			return events, err
		}), "not pure"},
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
			if json.Unmarshal(c.Body, &v) == nil && v != nil {
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
		}), "the error holds the message's text"},
		"an event without a key": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			for i := range events {
				events[i].Key = ""
			}
			return events, err
		}), "has no key"},
		"an event of two meanings": {received(func(c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(c)
			for i := range events {
				events[i].Ignored = "ignored"
			}
			return events, err
		}), "has 2 of content, receipt and ignored"},
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
		"an error that nobody classified": {judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
			if r == nil || r.OK() {
				return nil
			}
			return errors.New("no")
		}), "not classified"},
		"a lost answer that is tried again": {judged(func(_ account, _ *messagev1.Message, _ *provider.Response, err error) error {
			if err == nil {
				return nil
			}
			return provider.Temporary("no answer", nil)
		}), "a lost answer is retry"},
		"an outage that is final": {judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
			if r == nil || r.Status < 500 {
				return nil
			}
			return provider.Reject("broken", nil)
		}), "a server error is rejected"},
		"another request": {func() provider.Driver {
			n := toy
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				a.API += "/v2"
				return toy.Open(a, h)
			}
			return n
		}(), "request 1 of message.json"},
		"listening that is not declared": {func() provider.Driver {
			n := toy
			n.Listens = false
			return n
		}(), "does not declare that it is: Listens"},
		"a link to nothing": {func() provider.Driver {
			n := toy
			n.Links = map[string]string{"texts": "https://example.com"}
			return n
		}(), `link "texts": known are text`},
		"a policy that admits nobody": {func() provider.Driver {
			n := toy
			n.Webhook = &webhook.Policy{Verify: webhook.Token{Header: "X-Key"}}
			return n
		}(), "token: secret is required"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := try(t, test.network).String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}

func TestConversationsThatSayNothingAreMistakes(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no input":               {"-- account.json --\n{}\n", "holds no input"},
		"an output first":        {"-- events.json --\n[]\n", "before any input"},
		"an outcome of a call":   {"-- call.json --\n{}\n-- outcome.json --\n{}\n", "no file of that name follows call.json"},
		"a file of another name": {"-- check.json --\n{}\n-- anwser --\n200\n", "no file of that name follows check.json"},
		"no account":             {"-- check.json --\n{}\n", "no account"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "c.txtar")
			if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := load(file); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestRequestsAreReadBack(t *testing.T) {
	requests, err := Requests("testdata")
	if err != nil || len(requests) != 2+4 {
		t.Fatalf("%d requests: %v", len(requests), err)
	}
	r := requests[0]
	if r.File != "conversation.txtar" || r.Line != "POST /send" || len(r.Header) != 2 || !strings.HasPrefix(r.Body, "{") {
		t.Errorf("%+v", r)
	}
}
