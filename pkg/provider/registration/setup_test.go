package registration_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	publicURL = "https://bridge.example.com"
	token     = "t0p-s3cret-t0ken" // what no error may hold
)

type courierAccount struct {
	Key provider.Secret `json:"key"`
}

// courier is a network with one sender for every account.
func courier(s provider.Sender) provider.Network[courierAccount] {
	return provider.Network[courierAccount]{
		Name: "courier", Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "key"}}, Abilities: sendertest.Abilities(s),
		Open: func(courierAccount, provider.Host) (provider.Sender, error) { return s, nil },
	}
}

// idle is a sender that nothing is given to.
type idle struct{}

func (idle) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, errors.New("not expected")
}

// setter is a sender that registers its webhook.
type setter struct {
	idle
	todo  string
	err   error
	tries atomic.Int32
}

func (s *setter) Setup(context.Context, string) (string, error) {
	s.tries.Add(1)
	return s.todo, s.err
}

// instructor says what a person can do.
type instructor struct{ idle }

func (instructor) Instructions(url string) string { return "paste " + url + " in the console" }

// checked is a sender that knows whether its credentials are good, and registers its webhook.
type checked struct {
	setter
	check error
}

func (c *checked) Check(context.Context) error { return c.check }

// listened is a sender that is listened to.
type listened struct{ idle }

func (listened) Listens() bool { return true }

func (listened) Listen(context.Context, string, provider.Store) error { return nil }

func TestAChannelIsSetUpOnce(t *testing.T) {
	t.Parallel()
	const url = publicURL + "/webhooks/courier/A"
	dead := outcome.Suspend(reason.Untranslated("the token is no good"), nil)
	for _, test := range []struct {
		name      string
		sender    provider.Sender
		publicURL string
		want      registration.Finding
	}{
		{"registered", &checked{}, publicURL,
			registration.Finding{Checked: true, Registration: registration.Registration{URL: url, Done: true}}},
		{"registered, with something left to do", &setter{todo: "press"}, publicURL,
			registration.Finding{Registration: registration.Registration{URL: url, Done: true, Todo: "press"}}},
		{"a dead credential registers nothing", &checked{check: dead}, publicURL,
			registration.Finding{Checked: true, Bad: dead}},
		{"refused", &setter{err: dead}, publicURL,
			registration.Finding{Registration: registration.Registration{URL: url}, Unregistered: dead}},
		{"no https", &setter{}, "http://127.0.0.1:8080",
			registration.Finding{Registration: registration.Registration{URL: "http://127.0.0.1:8080/webhooks/courier/A", Why: "public_url is not https", WhyEs: "public_url no es https"}}},
		{"by hand", instructor{}, publicURL,
			registration.Finding{Registration: registration.Registration{URL: url, Why: "the network takes no registration from here", WhyEs: "esta red no se registra desde aquí", Todo: "paste " + url + " in the console"}}},
		{"listened to", listened{}, publicURL, registration.Finding{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := registration.SetUp(t.Context(), courier(test.sender), registration.Target{
				Channel: "A", Account: json.RawMessage(`{"key":"` + token + `"}`), PublicURL: test.publicURL,
			})
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if s, ok := test.sender.(*checked); ok && test.want.Bad != nil && s.tries.Load() > 0 {
				t.Error("the webhook was registered with a dead credential")
			}
			if got.Err() != nil && got.Err() != dead {
				t.Errorf("ended with %v", got.Err())
			}
		})
	}
}

// What the network's code does wrong ends in the finding, without what it panicked with.
// Who only looks is told what is left to a person, where the network registers nothing; nobody else is.
func TestALookSaysWhatIsLeftToAPerson(t *testing.T) {
	target := registration.Target{Channel: "c", Account: json.RawMessage(`{"key": "` + token + `"}`), PublicURL: publicURL}
	if l := registration.LookAt(t.Context(), courier(instructor{}), target); l.Asked || l.Unknown != nil || l.Todo != "paste "+l.URL+" in the console" {
		t.Errorf("%+v", l)
	}
	for name, s := range map[string]provider.Sender{"nothing to say": idle{}, "registers by itself": &setter{todo: "publish it"}} {
		if l := registration.LookAt(t.Context(), courier(s), target); l.Todo != "" || l.Refused != nil {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func TestAPanicIsAFinding(t *testing.T) {
	t.Parallel()
	n := courier(nil)
	n.Open = func(courierAccount, provider.Host) (provider.Sender, error) { panic(token) }
	got := registration.SetUp(t.Context(), n, registration.Target{Channel: "A", Account: json.RawMessage(`{}`)})
	if got.Refused == nil || strings.Contains(got.Refused.Error(), token) {
		t.Errorf("refused: %v", got.Refused)
	}
}

func TestAHostWithoutABridgeHasNoRepliesAndNoFiles(t *testing.T) {
	t.Parallel()
	var host provider.Host
	n := courier(nil)
	n.Open = func(_ courierAccount, h provider.Host) (provider.Sender, error) {
		host = h
		return idle{}, nil
	}
	if f := registration.SetUp(t.Context(), n, registration.Target{Channel: "A", Account: json.RawMessage(`{}`), PublicURL: publicURL}); f.Err() != nil {
		t.Fatal(f.Err())
	}
	if host.WebhookURL != publicURL+"/webhooks/courier/A" || host.Client == nil {
		t.Errorf("host %+v", host)
	}
	last, err := host.Replies.Last(t.Context(), "a")
	taken, again, errTake := host.Replies.Take(t.Context(), nil)
	if last != (provider.Reply{}) || taken != last || again || err != nil || errTake != nil {
		t.Errorf("replies: %v, %v, %v, %v", last, taken, err, errTake)
	}
	if _, err := host.Files.Publish(t.Context(), "a.txt", "text/plain", nil); outcome.Classify(err) == nil {
		t.Error("a file was published nowhere")
	}
}
