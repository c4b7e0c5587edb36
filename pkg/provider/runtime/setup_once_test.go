package runtime_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"
)

// checked is a sender that knows whether its credentials are good, and registers its webhook.
type checked struct {
	setter
	check error
}

func (c *checked) Check(context.Context) error { return c.check }

// listened is a sender that is listened to.
type listened struct{ sendFunc }

func (listened) Listens() bool { return true }

func (listened) Listen(context.Context, string, provider.Store) error { return nil }

func TestAChannelIsSetUpOnce(t *testing.T) {
	t.Parallel()
	const url = publicURL + "/webhooks/courier/A"
	nothing := func(int) (string, error) { return "", nil }
	dead := provider.Suspend("the token is no good", nil)
	for _, test := range []struct {
		name      string
		sender    provider.Sender
		publicURL string
		want      runtime.Finding
	}{
		{"registered", &checked{setter: setter{sendFunc: idle, setUp: nothing}}, publicURL,
			runtime.Finding{Checked: true, Registration: runtime.Registration{URL: url, Done: true}}},
		{"registered, with something left to do", &setter{sendFunc: idle, setUp: func(int) (string, error) { return "press", nil }}, publicURL,
			runtime.Finding{Registration: runtime.Registration{URL: url, Done: true, Todo: "press"}}},
		{"a dead credential registers nothing", &checked{setter: setter{sendFunc: idle, setUp: nothing}, check: dead}, publicURL,
			runtime.Finding{Checked: true, Bad: dead}},
		{"refused", &setter{sendFunc: idle, setUp: func(int) (string, error) { return "", dead }}, publicURL,
			runtime.Finding{Registration: runtime.Registration{URL: url}, Unregistered: dead}},
		{"no https", &setter{sendFunc: idle, setUp: nothing}, "http://127.0.0.1:8080",
			runtime.Finding{Registration: runtime.Registration{URL: "http://127.0.0.1:8080/webhooks/courier/A", Why: "public_url is not https"}}},
		{"by hand", instructor{idle}, publicURL,
			runtime.Finding{Registration: runtime.Registration{URL: url, Why: "the network takes no registration from here", Todo: "paste " + url + " in the console"}}},
		{"listened to", listened{idle}, publicURL, runtime.Finding{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := runtime.SetUp(t.Context(), courier(test.sender), runtime.Target{
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
func TestAPanicIsAFinding(t *testing.T) {
	t.Parallel()
	n := courier(nil)
	n.Open = func(courierAccount, provider.Host) (provider.Sender, error) { panic(token) }
	got := runtime.SetUp(t.Context(), n, runtime.Target{Channel: "A", Account: json.RawMessage(`{}`)})
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
		return sendFunc(idle), nil
	}
	if f := runtime.SetUp(t.Context(), n, runtime.Target{Channel: "A", Account: json.RawMessage(`{}`), PublicURL: publicURL}); f.Err() != nil {
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
	if _, err := host.Files.Publish(t.Context(), "a.txt", "text/plain", nil); provider.Classify(err) == nil {
		t.Error("a file was published nowhere")
	}
}
