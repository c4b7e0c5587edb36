package runtime_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

// setter is a sender that registers its webhook.
type setter struct {
	sendFunc
	setUp func(try int) (string, error)
	tries atomic.Int32
	url   atomic.Value
}

func (s *setter) Setup(_ context.Context, url string) (string, error) {
	s.url.Store(url)
	return s.setUp(int(s.tries.Add(1)))
}

// instructor says what a person can do.
type instructor struct{ sendFunc }

func (instructor) Instructions(url string) string { return "paste " + url + " in the console" }

func TestTheWebhookIsRegistered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		setUp func(try int) (string, error)
		tries int32
		log   string
	}{
		{"at once, with something left to do", func(int) (string, error) { return "press the button", nil }, 1, `todo="press the button"`},
		{"in the end", func(try int) (string, error) {
			switch try {
			case 1:
				return "", outcome.Wait(time.Millisecond, outcome.Channel, nil)
			default:
				return "done at last", nil
			}
		}, 2, `todo="done at last"`},
		{"never, where it is refused", func(int) (string, error) { return "", outcome.Reject(reason.Untranslated("no such port"), nil) }, 1, "webhook not registered\""},
		{"in the end, whatever the network's code does", func(try int) (string, error) {
			if try == 1 {
				panic(token)
			}
			return "calm again", nil
		}, 2, `todo="calm again"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &setter{sendFunc: idle, setUp: test.setUp}
			w := start(t, courier(s))
			eventually(t, test.log, func() bool { return strings.Contains(w.logs.String(), test.log) })
			if got := s.url.Load(); got != publicURL+"/webhooks/courier/A" || s.tries.Load() != test.tries {
				t.Errorf("%d tries of %v", s.tries.Load(), got)
			}
			if strings.Contains(w.logs.String(), token) {
				t.Error("the log tells what was panicked with")
			}
		})
	}
}

// TestCredentialsThatAreRefusedAtRegistrationSuspend: an operator sees it before the first message.
func TestCredentialsThatAreRefusedAtRegistrationSuspend(t *testing.T) {
	t.Parallel()
	w := start(t, courier(&setter{sendFunc: idle, setUp: func(int) (string, error) {
		return "", outcome.Suspend(reason.CredentialRefused, nil)
	}}))
	eventually(t, "the channel is suspended", func() bool {
		_, _, err := kv.Open(w.bus, topology.Channels).Get(t.Context(), "state.courier.A")
		return err == nil
	})
}

func TestAPersonIsToldHowToRegisterTheWebhook(t *testing.T) {
	t.Parallel()
	w := start(t, courier(instructor{idle}))
	want := `todo="paste ` + publicURL + `/webhooks/courier/A in the console"`
	eventually(t, want, func() bool { return strings.Contains(w.logs.String(), want) })
	if log := w.logs.String(); strings.Contains(log, "not https") {
		t.Errorf("the log blames public_url: %s", log)
	}
}

// called is an ear whose network makes calls too.
type called struct{ *ear }

func (called) Called() bool { return true }

// TestWhoIsCalledAndListenedToIsRegistered, and heard.
func TestWhoIsCalledAndListenedToIsRegistered(t *testing.T) {
	t.Parallel()
	e := newEar(func(ctx context.Context, _ int, _ string, store provider.Store) error {
		if err := store(ctx, "1", heard(1)); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
	n := courier(called{e})
	if registration.Listens(n, []byte(`{"key":"k"}`)) {
		t.Error("it is said to make no calls")
	}
	w := start(t, n)
	w.awaitMessages(1)
	eventually(t, "the webhook is registered", func() bool { return e.tries.Load() == 1 })
}
