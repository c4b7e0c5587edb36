package slack_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/services/egress/slack"
	"github.com/bonychat/puente/services/egress/slack/slacktest"
)

const person = "U061F7AUR"

// atSlack is a sender at a Slack, over Socket Mode.
func atSlack(t *testing.T, reached ...string) (*slacktest.Server, provider.Sender) {
	t.Helper()
	s := slacktest.New("xoxb-1", "xapp-1")
	t.Cleanup(s.Close)
	account := fmt.Sprintf(`{"token": "xoxb-1", "app_token": "xapp-1", "api": %q}`, s.URL)
	return s, sendertest.Open(t, slack.Network, account, append(reached, s.URL)...)
}

// shelf stores what is heard. Before each it calls full, which may refuse it.
type shelf struct {
	full func(stored int) error

	mu   sync.Mutex
	keys []string
}

func (s *shelf) store(_ context.Context, _ string, heard ...provider.Heard) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range heard {
		if s.full != nil {
			if err := s.full(len(s.keys)); err != nil {
				return err
			}
		}
		s.keys = append(s.keys, h.Key)
	}
	return nil
}

// listen listens until stop is called, which returns the error of Listen. The context ends where Listen returns before that.
func listen(t *testing.T, sender provider.Sender, s *shelf) (ctx context.Context, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- sender.(provider.Listener).Listen(ctx, "", s.store)
		cancel()
	}()
	return ctx, func() error { cancel(); return <-done }
}

// acknowledged waits for n envelopes.
func acknowledged(t *testing.T, ctx context.Context, s *slacktest.Server, n int, stop func() error) {
	t.Helper()
	if _, err := s.Acknowledged(ctx, n); err != nil {
		t.Fatalf("%v: %v", err, stop())
	}
}

// say has people write, and returns the keys of their events.
func say(s *slacktest.Server, n int) (keys []string) {
	for range n {
		event := s.Event(person, "hola", "")
		s.Say("events_api", event)
		keys = append(keys, event["event_id"].(string))
	}
	return keys
}

// once are the keys in the order in which each came first.
func once(keys []string) (all []string) {
	for _, key := range keys {
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}

// Slack refreshes connections while it speaks: nothing is lost, nothing is out of order, and at all times there is a connection.
func TestNothingIsLostWhenAConnectionIsRefreshed(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			s, sender := atSlack(t)
			kept := &shelf{}
			ctx, stop := listen(t, sender, kept)
			want := say(s, 20)
			acknowledged(t, ctx, s, 1, stop)
			s.Refresh(reason)
			want = append(want, say(s, 20)...)
			acknowledged(t, ctx, s, 40, stop)
			if err := stop(); err != nil {
				t.Errorf("stopped: %v", err)
			}
			if got := once(kept.keys); !slices.Equal(got, want) {
				t.Errorf("stored %v, want %v", got, want)
			}
			if _, most := s.Connections(); most != 2 {
				t.Errorf("%d connections at once", most)
			}
		})
	}
}

// What could not be stored is not acknowledged: Slack says it again to whoever listens next.
func TestWhatIsNotStoredIsSaidAgain(t *testing.T) {
	s, sender := atSlack(t)
	errFull := errors.New("full")
	kept := &shelf{full: func(stored int) error {
		if stored == 3 {
			return errFull
		}
		return nil
	}}
	want := say(s, 6)
	if err := sender.(provider.Listener).Listen(t.Context(), "", kept.store); !errors.Is(err, errFull) {
		t.Fatalf("who cannot store: %v", err)
	}
	if s.Unheard() != 3 {
		t.Errorf("%d of 3 are to be said again", s.Unheard())
	}
	kept.full = nil
	ctx, stop := listen(t, sender, kept)
	acknowledged(t, ctx, s, 6, stop)
	if err := stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if got := once(kept.keys); !slices.Equal(got, want) || len(kept.keys) != 6 {
		t.Errorf("stored %v, want %v", kept.keys, want)
	}
}
