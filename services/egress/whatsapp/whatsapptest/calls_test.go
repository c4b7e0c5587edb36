package whatsapptest_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

func TestReceipts(t *testing.T) {
	const own = "0198c0ffee00700080000000000000aa-0"
	for name, test := range map[string]struct {
		receipts whatsapptest.Receipts
		down     int
		calls    int
		want     []string
	}{
		"late":         {whatsapptest.Receipts{Statuses: []string{"sent", "delivered", "read"}}, 0, 3, []string{"SENT " + own, "DELIVERED " + own, "READ " + own}},
		"early":        {whatsapptest.Receipts{Statuses: []string{"sent"}, Early: true}, 0, 1, []string{"SENT " + own}},
		"again":        {whatsapptest.Receipts{Statuses: []string{"read"}, Times: 2}, 0, 2, []string{"READ " + own, "READ " + own}},
		"out of order": {whatsapptest.Receipts{Statuses: []string{"read", "sent"}, Together: true}, 0, 1, []string{"READ " + own, "SENT " + own}},
		"insisted on":  {whatsapptest.Receipts{Statuses: []string{"sent"}}, 2, 1, []string{"SENT " + own}},
		"failed": {whatsapptest.Receipts{Statuses: []string{"failed"}, Code: 131026}, 0, 1, []string{
			"FAILED " + own + "the message cannot be delivered: the number is not on WhatsApp, or its app is too old, or its owner has blocked the business or not accepted WhatsApp's terms (131026)",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			api, sender := start(t)
			b := newBridge(t)
			b.down = test.down
			api.Register(b.URL)
			api.Receipts(test.receipts)
			if _, err := sender.Send(t.Context(), text(ana, "hola")); err != nil {
				t.Fatal(err)
			}
			got := b.after(t, test.calls)
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// A message whose answer is lost still tells its receipts: they settle what became of it.
func TestReceiptsOfALostAnswer(t *testing.T) {
	api, sender := start(t)
	b := newBridge(t)
	api.Register(b.URL)
	api.Receipts(whatsapptest.Receipts{Statuses: []string{"delivered"}})
	api.Fail(standin.Fault{DropAfter: true})
	if _, err := sender.Send(t.Context(), text(ana, "hola")); outcome.Classify(err) == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Fatalf("%v", err)
	}
	if got := fmt.Sprint(b.after(t, 1)); got != "[DELIVERED 0198c0ffee00700080000000000000aa-0]" {
		t.Error(got)
	}
}

func TestContactsWrite(t *testing.T) {
	api, _ := start(t)
	if _, err := api.Deliver(t.Context(), api.Text("34600111222", "a nadie")); err == nil {
		t.Error("delivered to nobody")
	}
	b := newBridge(t)
	api.Register(b.URL)
	again := api.Text("US.13491208655302741918", "¿y en azul? 👋🏽")
	for _, changes := range [][]whatsapptest.Change{
		{api.Text("34600111222", "¿tenéis sitio?"), again}, {again}, {again}, {api.Echo("34600111222", "te llamo")},
	} {
		if status, err := api.Deliver(t.Context(), changes...); err != nil || status != 200 {
			t.Fatalf("%d, %v", status, err)
		}
	}
	want := "[+34600111222: ¿tenéis sitio? US.13491208655302741918: ¿y en azul? 👋🏽 US.13491208655302741918: ¿y en azul? 👋🏽 " +
		"US.13491208655302741918: ¿y en azul? 👋🏽 +34600111222: te llamo]"
	if got := fmt.Sprint(b.after(t, 4)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b.keys[1] != b.keys[2] || b.keys[0] == b.keys[1] || b.events[1].Key != b.events[2].Key || !b.events[4].Echo {
		t.Errorf("keys %q", b.keys)
	}
}

// Setting up asks the bridge for the challenge, subscribes what is to be subscribed, and does nothing the second time.
func TestSetup(t *testing.T) {
	api, sender := start(t)
	setter := sender.(provider.Setter)
	if _, err := setter.Setup(t.Context(), "http://127.0.0.1:1/webhooks"); err == nil {
		t.Error("a webhook that nobody serves is registered")
	}
	b := newBridge(t)
	if todo, err := setter.Setup(t.Context(), b.URL+"/webhooks/whatsapp/k7m2"); err != nil || todo != "" {
		t.Fatalf("%q: %v", todo, err)
	}
	if account, fields := api.Subscribed(); !account || fmt.Sprint(fields) != "[messages smb_message_echoes]" || api.Webhook() != b.URL+"/webhooks/whatsapp/k7m2" {
		t.Errorf("account %v, fields %v, webhook %s", account, fields, api.Webhook())
	}
	before := len(api.Calls())
	if todo, err := setter.Setup(t.Context(), b.URL+"/webhooks/whatsapp/k7m2"); err != nil || todo != "" {
		t.Fatalf("%q: %v", todo, err)
	}
	for _, c := range api.Calls()[before:] {
		if c.Method != http.MethodGet {
			t.Errorf("changed: %s %s", c.Method, c.Path)
		}
	}
	if err := sender.(provider.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMedia(t *testing.T) {
	api, sender := start(t)
	api.AddMedia("1003383421387256", whatsapptest.Media{Data: []byte("%PDF"), Type: "application/pdf"})
	fetcher := sender.(provider.Fetcher)
	file, err := fetcher.Fetch(t.Context(), &messagev1.Attachment{Handle: "1003383421387256"})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if data, err := io.ReadAll(file.Body); err != nil || string(data) != "%PDF" || file.MediaType != "application/pdf" {
		t.Errorf("%q, %q: %v", data, file.MediaType, err)
	}
	if _, err := fetcher.Fetch(t.Context(), &messagev1.Attachment{Handle: "7"}); outcome.Classify(err) == nil || outcome.Classify(err).Class != result.Rejected {
		t.Errorf("%v", err)
	}
}
