package xmpp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// TestProsody is the network at a real server, with an app that nobody here wrote. PUENTE_XMPP is the folder that
// internal/prosody/get.sh unpacked prosody into; .ci/run does that, since packages are fetched for it.
func TestProsody(t *testing.T) {
	folder := os.Getenv("PUENTE_XMPP")
	if folder == "" {
		t.Skip("PUENTE_XMPP is not set")
	}
	p := newProsody(t, folder)
	ana := newCustomer(t, p)
	ana.waits("its connection", 1, func(e event) bool { return e.Kind == "online" })
	t.Run("a wrong secret", func(t *testing.T) {
		if err := p.channel("wr0ng").(provider.Checker).Check(t.Context()); class(err) != result.Suspended {
			t.Errorf("%v", err)
		}
		if err := p.channel("s3cret").(provider.Checker).Check(t.Context()); err != nil {
			t.Errorf("the right secret: %v", err)
		}
	})
	t.Run("both ways", func(t *testing.T) { bothWays(t, p, ana) })
	t.Run("one connection", func(t *testing.T) { oneConnection(t, p) })
	t.Run("killed under load", func(t *testing.T) { underLoad(t, p, ana) })
}

func bothWays(t *testing.T, p *prosody, ana *customer) {
	box, s := newInbox(t), p.channel("s3cret")
	end := listening(t, s, box.store)
	const odd = "¿<b>Hola</b>? \"sí\" & 'no' ]]> 👋\n\ttab"
	if err := sends(t, s, "m1", "ana@example.test", content.Text(odd)); err != nil {
		t.Fatalf("%v", err)
	}
	got := ana.waits("the text", 1, func(e event) bool { return e.ID == "m1-0" })[0]
	if got.Body != odd || got.From != "support@bridge.example.test" || got.Type != "chat" {
		t.Errorf("the contact got %+v", got)
	}
	box.waits("delivered", func(e provider.Event) bool {
		return e.Receipt != nil && e.Receipt.OwnID == "m1-0" && e.Receipt.Status == eventv1.Status_STATUS_DELIVERED
	})
	box.waits("read", func(e provider.Event) bool {
		return e.Receipt != nil && e.Receipt.UpTo && e.Receipt.Ref == "m1-0" && e.Receipt.Status == eventv1.Status_STATUS_READ && e.Contact.GetAddress() == "ana@example.test"
	})
	if err := sends(t, s, "m2", "nobody@example.test", content.Text("x")); class(err) != result.Rejected {
		t.Errorf("to nobody: %v", err)
	}
	ana.write("a1", odd)
	e := box.waits("the answer", func(e provider.Event) bool { return e.Content.GetText().GetBody() == odd })
	if e.Contact.GetAddress() != "ana@example.test" {
		t.Errorf("from %q", e.Contact.GetAddress())
	}
	ana.waits("its receipt", 1, func(e event) bool { return e.Receipt == "a1" && e.From == "support@bridge.example.test" })

	picture := "\x89PNG\r\n\x1a\n" + strings.Repeat("pixel", 1000)
	media := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Length", fmt.Sprint(len(picture)))
		_, _ = w.Write([]byte(picture))
	}))
	defer media.Close()
	if err := sends(t, s, "m3", "ana@example.test", content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: media.URL + "/foto.png", MediaType: "image/png", FileName: "foto.png",
	})); err != nil {
		t.Fatalf("a picture: %v", err)
	}
	got = ana.waits("the picture", 1, func(e event) bool { return e.ID == "m3-0" })[0]
	if got.URL == "" || got.URL != got.Body || !strings.Contains(got.URL, ":"+p.http+"/") || get(t, got.URL) != picture {
		t.Errorf("the picture is at %q, beside %q", got.URL, got.Body)
	}
	ana.write("a2", got.URL, element{Name: "x", Attrs: map[string]string{"xmlns": "jabber:x:oob"}, Children: []element{xml("url", "", got.URL)}})
	e = box.waits("the picture back", func(e provider.Event) bool { return e.Content.GetAttachment() != nil })
	file, err := s.(provider.Fetcher).Fetch(t.Context(), e.Content.GetAttachment())
	if err != nil {
		t.Fatalf("fetch: %v", err)
	}
	file.Body.Close()
	if e.Content.GetAttachment().GetCaption() != "" || file.Name != "foto.png" || file.MediaType != "image/png" {
		t.Errorf("%v is %q, %q", e.Content, file.Name, file.MediaType)
	}

	ana.say(element{Name: "presence", Attrs: map[string]string{"to": "support@bridge.example.test", "type": "subscribe"}})
	ana.waits("a presence", 1, func(e event) bool {
		return e.Kind == "presence" && e.Type == "" && strings.HasPrefix(e.From, "support@")
	})
	ana.say(element{Name: "iq", Attrs: map[string]string{"to": "support@bridge.example.test", "type": "get", "id": "q1"}, Children: []element{xml("query", "http://jabber.org/protocol/disco#info", "")}})
	if got := ana.waits("what it can do", 1, func(e event) bool { return e.ID == "q1" })[0]; !slices.Contains(got.Features, "urn:xmpp:receipts") {
		t.Errorf("features %q", got.Features)
	}
	ana.say(element{Name: "message", Attrs: map[string]string{"to": "ventas@bridge.example.test", "type": "chat", "id": "a3"}, Children: []element{xml("body", "", "x")}})
	ana.waits("that nobody is there", 1, func(e event) bool { return e.ID == "a3" && e.Type == "error" && e.Condition == "item-not-found" })
	end()
	ana.write("a4", "is anybody there?")
	ana.waits("that the channel is away", 1, func(e event) bool { return e.ID == "a4" && e.Type == "error" })
}

// A server that takes one connection refuses a second: that waits, and takes over when the first one goes. The secret is good all
// the while.
func oneConnection(t *testing.T, p *prosody) {
	first, second := p.channel("s3cret"), p.channel("s3cret")
	end := listening(t, first, discard)
	if err := sends(t, first, "m4", "ana@example.test", content.Text("x")); err != nil {
		t.Fatalf("%v", err)
	}
	err := second.(provider.Listener).Listen(t.Context(), "", discard)
	if f := outcome.Classify(err); f == nil || f.Class != result.Waiting || f.After < time.Second {
		t.Errorf("a second connection: %v", err)
	}
	if err := second.(provider.Checker).Check(t.Context()); err != nil {
		t.Errorf("the secret of a component that is connected: %v", err)
	}
	end()
	defer listening(t, second, discard)()
	if err := sends(t, second, "m5", "ana@example.test", content.Text("x")); err != nil {
		t.Errorf("after the first is gone: %v", err)
	}
}
