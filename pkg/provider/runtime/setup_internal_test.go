package runtime

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// able is a sender with every ability to register a webhook.
type able struct{ t *testing.T }

func (able) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, nil
}

func (a able) Setup(context.Context, string) (string, error) {
	a.t.Error("registered an address that cannot be called from outside")
	return "", nil
}

func (able) Instructions(url string) string { return "call setWebhook with " + url }

func TestAnAddressThatCannotBeCalledIsNotRegistered(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := &runner{
		description: provider.Description{Name: "toy", Webhook: &webhook.Policy{}},
		env:         Environment{PublicURL: "http://127.0.0.1:8080", Log: slog.New(slog.NewTextHandler(&log, nil))},
	}
	s.setUp(t.Context(), &channel{Channel: directory.Channel{ID: "A"}, sender: able{t}})
	for _, want := range []string{"public_url is not https", "call setWebhook with http://127.0.0.1:8080/webhooks/toy/A"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q: %s", want, log.String())
		}
	}
}

// handy is a sender that leaves something to do.
type handy struct{ able }

func (handy) Setup(context.Context, string) (string, error) { return "save this:\nid: toy\n", nil }

// TestWhatIsLeftToDoIsShownAsItIs, where there is somebody to show it to: it may be a file to copy.
func TestWhatIsLeftToDoIsShownAsItIs(t *testing.T) {
	t.Parallel()
	var told string
	s := &runner{
		description: provider.Description{Name: "toy", Webhook: &webhook.Policy{}},
		env: Environment{
			PublicURL: "https://bridge.example.com", Log: slog.New(slog.DiscardHandler), Tell: func(text string) { told = text },
		},
	}
	s.setUp(t.Context(), &channel{Channel: directory.Channel{ID: "A"}, sender: handy{}})
	if want := "channel A: the webhook needs a hand: save this:\nid: toy\n\n"; told != want {
		t.Errorf("told %q", told)
	}
}

// refusing refuses its credentials for some tries.
type refusing struct {
	able
	tries *int
	least int
}

func (r refusing) Setup(context.Context, string) (string, error) {
	if *r.tries++; *r.tries <= r.least {
		return "", outcome.Suspend(reason.CredentialRefused, nil)
	}
	return "", nil
}

// TestRefusedCredentialsAreTriedAgain: they may be good again, and then the network has to know whom to call.
func TestRefusedCredentialsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &runner{
			description: provider.Description{Name: "toy", Webhook: &webhook.Policy{}}, sending: delivery.NewChannels(),
			env: Environment{PublicURL: "https://bridge.example.com", Log: slog.New(slog.DiscardHandler)},
		}
		tries, began := 0, time.Now()
		s.setUp(t.Context(), &channel{Channel: directory.Channel{ID: "A"}, sender: refusing{able{t}, &tries, 2}})
		if took := time.Since(began); tries != 3 || took != 2*setUpRefused {
			t.Errorf("%d tries in %v", tries, took)
		}
	})
}
