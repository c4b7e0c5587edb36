package providertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/provider"
)

// NewClient makes the client that networks get, for tests: no tracing, and these addresses exempt from the guard.
func NewClient(reached ...string) *provider.Client {
	c := provider.NewClient(provider.ClientOptions{Tracer: noop.NewTracerProvider().Tracer("")})
	provider.Reach(c, reached...)
	return c
}

// stage is where a conversation is played: a network, an account, a stand-in.
type stage struct {
	network provider.Driver
	kit     Kit
	server  *server
	client  *provider.Client
	account json.RawMessage
	// secrets are the account's secrets by the name of their field.
	secrets map[string]string
	// private is what no error may hold, by what it is: secrets, and what the conversation says of people.
	private map[string]string
	sender  provider.Sender
	replies *Replies
	heard   *ear // what the last listen.json heard
	// raw says that a fetched file is judged as the network hands it on, without what the SDK makes of it.
	raw bool
	// replaced is how often the account was replaced, told what each key stood for under which.
	replaced int
	told     map[string]stoodFor
}

func newStage(network provider.Driver, c *conversation) (*stage, error) {
	s := &stage{network: network, server: newServer(), secrets: map[string]string{}, private: map[string]string{}, told: map[string]stoodFor{}}
	s.client = NewClient(s.server.url())
	s.account = json.RawMessage(s.fill(string(c.account)))
	var values map[string]any
	if err := json.Unmarshal(s.account, &values); err != nil {
		s.close()
		return nil, fmt.Errorf("account.json: %w", err)
	}
	for _, f := range network.Describe().Fields {
		list, many := values[f.Name].([]any)
		if !many {
			list = []any{values[f.Name]}
		}
		for i, one := range list {
			name := f.Name
			if i > 0 {
				name = fmt.Sprintf("%s[%d]", f.Name, i)
			}
			if value, _ := one.(string); f.Secret && value != "" {
				s.secrets[name] = value
				s.private["the secret "+name] = value
			}
		}
	}
	s.server.secrets = s.secrets
	if errs := network.CheckAccount(s.account); len(errs) > 0 {
		s.close()
		return nil, fmt.Errorf("account.json: %v", errs)
	}
	host := Host(network.Describe().Name, s.client)
	s.replies = host.Replies.(*Replies)
	var err error
	if panicked := guard(func() { s.sender, err = provider.Open(network, s.account, host) }); panicked != nil {
		err = panicked
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("open: %w", err)
	}
	return s, nil
}

// again is a stage for the same account with a sender and a stand-in of its own.
func (s *stage) again() (*stage, error) {
	account := strings.ReplaceAll(string(s.account), s.server.url(), "<server>")
	fresh, err := newStage(s.network, &conversation{account: json.RawMessage(account)})
	if err == nil {
		fresh.private, fresh.kit = s.private, s.kit
	}
	return fresh, err
}

func (s *stage) close() {
	s.client.Close()
	s.server.close()
}

// fill puts the stand-in's address where a file says <server>.
func (s *stage) fill(text string) string { return strings.ReplaceAll(text, "<server>", s.server.url()) }

// keepPrivate remembers what the conversation says of people. Short words are no evidence when they turn up.
func (s *stage) keepPrivate(what, value string) {
	if len(value) >= 5 {
		s.private[what] = value
	}
}

// discreet reports what an error gives away.
func (s *stage) discreet(r reporter, what string, err error) (ok bool) {
	r.Helper()
	if err == nil {
		return true
	}
	texts := err.Error()
	if f, classified := errors.AsType[*provider.Failure](err); classified {
		texts += "\n" + f.Reason
	}
	ok = true
	for name, value := range s.private {
		if slices.ContainsFunc(forms(value), func(form string) bool { return strings.Contains(texts, form) }) {
			r.Errorf("%s: the error holds %s", what, name)
			ok = false
		}
	}
	return ok
}
