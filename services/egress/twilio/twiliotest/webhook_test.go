package twiliotest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

const public = "https://bridge.example.com"

// edge is the public side of a bridge, behind a proxy: it verifies calls by the policy and reads them.
type edge struct {
	t      *testing.T
	mu     sync.Mutex
	events []provider.Event
	calls  int
	refuse int // so many calls are answered 503 first
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	if e.refuse > 0 {
		e.refuse--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, _ := io.ReadAll(r.Body)
	call := webhook.Call{
		Network: "twilio", Channel: "channel", Method: r.Method, URL: public + r.URL.RequestURI(), Query: r.URL.RawQuery, Header: r.Header,
		Body: body, AcceptedAt: time.Now(),
	}
	if cause := twilio.Network.Webhook.Check(call, webhook.Secrets{"auth_token": {token}}); cause != webhook.Authentic {
		w.WriteHeader(twilio.Network.Webhook.Answer(cause).Status)
		return
	}
	events, err := sendertest.Receive(twilio.Network, []byte("{}"), call)
	if err != nil {
		e.t.Error(err)
	}
	e.events = append(e.events, events...)
}

func (e *edge) heard() []provider.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.events
}

func bridge(t *testing.T, api *twiliotest.Server) *edge {
	t.Helper()
	e := &edge{t: t}
	far := httptest.NewServer(e)
	t.Cleanup(far.Close)
	api.Reach(public, far.URL)
	return e
}

func TestMessagesComeIn(t *testing.T) {
	api, sender := start(t, number)
	if _, err := api.Deliver(t.Context(), api.Text(ana, number, "hola")); err == nil {
		t.Error("delivered to nobody")
	}
	e := bridge(t, api)
	if _, err := sender.(provider.Setter).Setup(t.Context(), public+"/webhooks/twilio/channel"); err != nil {
		t.Fatal(err)
	}
	picture := api.AddMedia(twiliotest.Media{Data: []byte("jpeg"), Type: "image/jpeg", Name: "foto.jpg"})
	sound := api.AddMedia(twiliotest.Media{Data: []byte("ogg"), Type: "audio/ogg"})
	first := api.Text(ana, number, "¿Hola & adiós?")
	for _, form := range []map[string][]string{first, first, api.Files("whatsapp:"+ana, "whatsapp:"+number, "Mira", picture, sound)} {
		if status, err := api.Deliver(t.Context(), form); err != nil || status != 200 {
			t.Fatalf("answered %d: %v", status, err)
		}
	}
	got := e.heard()
	if len(got) != 4 || got[0].Key != got[1].Key || got[0].Content.GetText().GetBody() != "¿Hola & adiós?" || got[0].Contact.GetAddress() != ana {
		t.Fatalf("%+v", got)
	}
	for i, want := range []string{"jpeg", "ogg"} {
		event := got[2+i]
		if event.Contact.GetAddress() != ana || event.Contact.GetProfile().GetFirstName() != "Test" {
			t.Errorf("%+v", event.Contact)
		}
		file, err := sender.(provider.Fetcher).Fetch(t.Context(), event.Content.GetAttachment())
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(file.Body)
		file.Body.Close()
		if err != nil || string(data) != want {
			t.Errorf("file %d: %q, %v", i, data, err)
		}
	}
}

// What comes as it may: a status before the answer, again, in another order, after the connection was lost.
func TestStatusesComeIn(t *testing.T) {
	api, sender := start(t, number)
	e := bridge(t, api)
	api.Early(ana, "sent")
	sent, err := sender.Send(t.Context(), text(ana, "hola"))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{"read", "delivered", "sent", "delivered"} {
		if code, err := api.Status(t.Context(), sent.Ref, status, 0); err != nil || code != 200 {
			t.Fatalf("%s was answered %d: %v", status, code, err)
		}
	}
	api.Fail(standin.Fault{DropAfter: true})
	if _, err := sender.Send(t.Context(), text(ana, "hola")); outcome.Classify(err).Class != result.Uncertain {
		t.Fatalf("the lost answer: %v", err)
	}
	lost := api.Messages(ana)[1]
	if _, err := api.Status(t.Context(), lost.Sid, "undelivered", 30003); err != nil {
		t.Fatal(err)
	}
	var got []eventv1.Status
	for _, event := range e.heard() {
		if event.Receipt.OwnID != provider.IdempotencyKey(text(ana, "hola")) {
			t.Errorf("own id %q", event.Receipt.OwnID)
		}
		got = append(got, event.Receipt.Status)
	}
	want := []eventv1.Status{1, 3, 2, 1, 2, 4}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if _, err := api.Status(t.Context(), "SM9", "sent", 0); err == nil {
		t.Error("a status of no message")
	}
}

func TestCallsAreRepeatedAsTheURLSays(t *testing.T) {
	api, sender := start(t, number)
	e := bridge(t, api)
	e.refuse = 5
	sent, err := sender.Send(t.Context(), text(ana, "hola"))
	if err != nil {
		t.Fatal(err)
	}
	if code, err := api.Status(t.Context(), sent.Ref, "sent", 0); err != nil || code != 200 || e.calls != 6 {
		t.Errorf("answered %d after %d calls: %v", code, e.calls, err)
	}
	e.refuse = 6
	if code, _ := api.Status(t.Context(), sent.Ref, "delivered", 0); code != 503 {
		t.Errorf("answered %d", code)
	}
}

func TestAnotherTokenSignsAnotherCall(t *testing.T) {
	api, _ := start(t, number)
	e := bridge(t, api)
	api.SetNumber(twiliotest.Number{PhoneNumber: number, SmsURL: public + "/webhooks/twilio/channel"})
	api.Renew("another-token")
	if code, err := api.Deliver(t.Context(), api.Text(ana, number, "hola")); err != nil || code != 401 || len(e.heard()) != 0 {
		t.Errorf("answered %d: %v", code, err)
	}
}

func TestFilesOfAnotherHost(t *testing.T) {
	api, sender := start(t, number)
	a := &messagev1.Attachment{Handle: api.AddMedia(twiliotest.Media{Data: []byte("jpeg"), Type: "image/jpeg", Name: "a b.jpg"})}
	cdn := api.RedirectMedia(true)
	if _, err := sender.(provider.Fetcher).Fetch(t.Context(), a); err == nil || outcome.Classify(err).Class != result.Rejected {
		t.Errorf("an address inside: %v", err)
	}
	file, err := open(t, api, number, cdn).(provider.Fetcher).Fetch(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	data, err := io.ReadAll(file.Body)
	if err != nil || string(data) != "jpeg" || file.MediaType != "image/jpeg" || file.Name != "a b.jpg" {
		t.Errorf("%q of %q called %q: %v", data, file.MediaType, file.Name, err)
	}
	if leaked := api.Leaked(); len(leaked) > 0 {
		t.Errorf("the other host was told %d credentials", len(leaked))
	}
	api.DeleteMedia(a.GetHandle())
	if _, err := sender.(provider.Fetcher).Fetch(t.Context(), a); err == nil || outcome.Classify(err).Class != result.Retry {
		t.Errorf("a file that is gone: %v", err)
	}
}
