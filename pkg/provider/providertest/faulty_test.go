package providertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/webhook"
)

// changed is the toy with something else in what it declares.
func changed(f func(n *provider.Network[account])) provider.Driver {
	n := toy
	f(&n)
	return n
}

// received is the toy with another Receive.
func received(f func(account, webhook.Call) ([]provider.Event, error)) provider.Driver {
	return changed(func(n *provider.Network[account]) { n.Receive = f })
}

// telling is the toy with other events.
func telling(f func(i int, e *provider.Event)) provider.Driver {
	return received(func(a account, c webhook.Call) ([]provider.Event, error) {
		events, err := toy.Receive(a, c)
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
func judged(f func(account, *messagev1.Message, *httpclient.Response, error) error) provider.Driver {
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
			return provider.Sent{}, outcome.Reject(why("the toy takes no such message"), err)
		}
		f(m, body)
		return s.post(ctx, m, body)
	})
}

// refusing is the toy where one status means something else.
func refusing(status int, err error) provider.Driver {
	return judged(func(_ account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
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

// choosing is an account that does not take what it declares.
type choosing struct {
	Key  provider.Secret `json:"key" doc:"The key."`
	API  string          `json:"api,omitempty" doc:"Where the toy is."`
	Size string          `json:"size,omitempty" doc:"A size." values:"small,large"`
}

func (a choosing) Validate() error {
	if a.Size == "large" {
		return errors.New("size: must be small")
	}
	return nil
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

// asked is a sender that can be asked where the network calls.
type asked struct{ *toySender }

func (asked) Inspect(context.Context, string) (provider.Inspection, error) {
	return provider.Inspection{}, nil
}

// settled is the toy with another type of account.
func settled[A any](plain func(A) account) provider.Network[A] {
	abilities := toy.Abilities
	abilities.Validator, _ = any(*new(A)).(provider.Validator)
	return provider.Network[A]{
		Name: toy.Name, Doc: toy.Doc, Carries: toy.Carries, Confirms: toy.Confirms, Rates: toy.Rates, Webhook: toy.Webhook, Abilities: abilities,
		Receive: func(a A, c webhook.Call) ([]provider.Event, error) { return toy.Receive(plain(a), c) },
		Open:    func(a A, h provider.Host) (provider.Sender, error) { return toy.Open(plain(a), h) },
	}
}

// faulty is a network with one fault, and what the kit has to say of it.
type faulty struct {
	network provider.Driver
	want    string
}

// caught holds each network to the rules.
func caught(t *testing.T, networks map[string]faulty) {
	t.Helper()
	for name, test := range networks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Kit{mangled: 6}).try(t, test.network).String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}
