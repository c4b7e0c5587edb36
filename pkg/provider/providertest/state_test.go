package providertest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/webhook"
)

// keeper is a sender with state. The fields are its faults.
type keeper struct {
	wired
	client *httpclient.Client
	state  provider.State
	token  *provider.Token
	// hasty uses an access token before what came with it is kept; lost is told where there is no thread; greedy keeps too much.
	hasty, lost, greedy bool
}

// keepers is the network of keepers, with these faults.
func keepers(fault func(*keeper)) provider.Network[wired] {
	return provider.Network[wired]{
		Name: "keeper", Doc: docs, Reasons: toy.Reasons,
		Carries: provider.Carries{Text: provider.Limit{Max: 60, Page: docs}},
		Receive: func(_ wired, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(account{}, c)
			for i, e := range events {
				if e.Content != nil {
					events[i] = e.WithState("thread", "thread of "+e.Key)
				}
			}
			return events, err
		},
		Webhook: toy.Webhook,
		Open: func(a wired, h provider.Host) (provider.Sender, error) {
			s := &keeper{wired: a, client: h.Client, state: h.State}
			s.token = provider.NewToken(h.State, "oauth", a.Key, s.refresh)
			fault(s)
			return s, nil
		},
	}
}

func (s *keeper) refresh(ctx context.Context, token string) (provider.Renewed, error) {
	resp, err := s.client.JSON(ctx, s.At+"/token", nil, map[string]string{"refresh_token": token})
	if err != nil {
		return provider.Renewed{}, err
	}
	if !resp.OK() {
		return provider.Renewed{}, resp.Err()
	}
	var out struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := resp.Decode(&out); err != nil {
		return provider.Renewed{}, outcome.Temporary(why("an answer that cannot be read"), err)
	}
	return provider.Renewed{Access: out.Access, Refresh: out.Refresh, Until: time.Now().Add(time.Hour)}, nil
}

func (s *keeper) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	text := m.GetContent().GetText().GetBody()
	if text == "" || m.GetContact().GetAddress() == "" {
		return sent, outcome.Reject(why("the toy takes no such message"), nil)
	}
	thread, _, err := s.state.Contact(m.GetContact().GetAddress()).Get(ctx, "thread")
	if err != nil {
		return sent, err
	}
	if s.lost && thread == nil {
		return sent, outcome.Reject(why("there is no thread"), nil)
	}
	if s.greedy {
		_, _ = s.state.Put(ctx, strings.Repeat("k", provider.ChannelState.Key+1), []byte("v"), 0)
	}
	post := func(access string) error {
		sent, err = s.post(ctx, access, map[string]any{"to": m.GetContact().GetAddress(), "text": text, "thread": string(thread)})
		return err
	}
	if s.hasty {
		given, err := s.refresh(ctx, s.Key.Reveal())
		if err != nil {
			return sent, err
		}
		return sent, post(given.Access)
	}
	return sent, s.token.Use(ctx, post)
}

func (s *keeper) post(ctx context.Context, access string, body any) (sent provider.Sent, err error) {
	resp, err := s.client.JSON(ctx, s.At+"/send", http.Header{"Authorization": {"Bearer " + access}}, body)
	if err != nil {
		return sent, err
	}
	if !resp.OK() {
		return sent, resp.Err()
	}
	var out struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&out); err != nil {
		return sent, outcome.Uncertain(err)
	}
	return provider.Sent{Ref: out.ID}, nil
}

func TestRunPassesASoundNetworkWithState(t *testing.T) {
	Run(t, keepers(func(*keeper) {}), "testdata/state")
}

func TestFaultyStateIsCaught(t *testing.T) {
	for name, test := range map[string]struct {
		fault func(*keeper)
		want  string
	}{
		"a token that is used before it is kept": {func(k *keeper) { k.hasty = true }, "before the refresh token that came with it is kept"},
		"nothing goes on without state":          {func(k *keeper) { k.lost = true }, "lost, nothing is sent"},
		"a key that is too long":                 {func(k *keeper) { k.greedy = true }, "the key of a value is empty or too long"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &listener{}
			(Kit{mangled: 6}).run(keepers(test.fault)).play(t, l, loaded(t, "testdata/state/conversation.txtar")[0])
			if got := l.String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
	network := keepers(func(*keeper) {})
	receive := network.Receive
	for name, test := range map[string]struct {
		events func(provider.Event) provider.Event
		want   string
	}{
		"more than may be kept": {func(e provider.Event) provider.Event {
			return e.WithState("thread", strings.Repeat("x", provider.ContactState.Value+1))
		}, "a value is too large"},
		"something to keep without a message": {func(e provider.Event) provider.Event {
			e.State, e.Content, e.Ignored = map[string]string{"a": "b"}, nil, "a call"
			return e
		}, "has something to keep without a message"},
	} {
		t.Run(name, func(t *testing.T) {
			network.Receive = func(a wired, c webhook.Call) ([]provider.Event, error) {
				events, err := receive(a, c)
				for i, e := range events {
					events[i] = test.events(e)
				}
				return events, err
			}
			l := &listener{}
			(Kit{mangled: 6}).run(network).play(t, l, loaded(t, "testdata/state/conversation.txtar")[0])
			if got := l.String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}
