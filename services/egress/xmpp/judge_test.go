package xmpp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
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

// inbox is what a channel has stored.
type inbox struct {
	t *testing.T

	mu     sync.Mutex
	events []provider.Event
	more   chan struct{}
	fails  func(provider.Event) bool // what is not stored; nil for nothing
}

var errFull = errors.New("full")

func newInbox(t *testing.T) *inbox { return &inbox{t: t, more: make(chan struct{})} }

func (b *inbox) store(_ context.Context, _ string, all ...provider.Heard) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range all {
		events, err := receive(b.t, h)
		if err != nil {
			b.t.Errorf("what was heard cannot be read: %v", err)
			continue
		}
		for _, e := range events {
			if e.Unreadable != "" {
				b.t.Errorf("unreadable: %s", e.Unreadable)
			}
			if b.fails != nil && b.fails(e) {
				return errFull
			}
			b.events = append(b.events, e)
		}
	}
	close(b.more)
	b.more = make(chan struct{})
	return nil
}

// waits until something is stored, and returns the first.
func (b *inbox) waits(what string, is func(provider.Event) bool) provider.Event {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for {
		b.mu.Lock()
		at, more := slices.IndexFunc(b.events, is), b.more
		var found provider.Event
		if at >= 0 {
			found = b.events[at]
		}
		b.mu.Unlock()
		if at >= 0 {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
			b.t.Fatalf("the channel waits for %s", what)
		}
	}
}

// texts are the texts that are stored.
func (b *inbox) texts() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e.Content.GetText() != nil {
			all = append(all, e.Content.GetText().GetBody())
		}
	}
	return all
}

// listening listens as the runtime does, again and again, until it is told to end.
func listening(t *testing.T, s provider.Sender, store provider.Store) (end func()) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := s.(provider.Listener).Listen(ctx, "", store)
			if f := outcome.Classify(err); f != nil && f.Class != result.Retry && f.Class != result.Waiting {
				t.Errorf("Listen: %v", err)
			}
			provider.Pause(ctx, 50*time.Millisecond)
		}
	}()
	end = sync.OnceFunc(func() { stop(); <-done })
	t.Cleanup(end)
	return end
}

// sends sends a message as the runtime does: what is told to wait is sent again.
func sends(t *testing.T, s provider.Sender, id, to string, c *messagev1.Content) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		sent, err := s.Send(ctx, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: to}, Content: c})
		if err == nil && sent.Ref != id+"-0" {
			t.Errorf("ref %q", sent.Ref)
		}
		if class(err) != result.Waiting || ctx.Err() != nil {
			return err
		}
		provider.Pause(ctx, 20*time.Millisecond)
	}
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

// underLoad kills the server again and again while a contact writes, and has the store fail now and then: all that the contact has
// a receipt for is stored, in order, and nothing twice; what came back as an error has no receipt.
func underLoad(t *testing.T, p *prosody, ana *customer) {
	const lives, receiptsEach, most = 4, 100, 3000
	box, s := newInbox(t), p.channel("s3cret")
	failed := map[string]bool{}
	n := 0
	box.fails = func(e provider.Event) bool { // has the lock
		if n++; e.Content == nil || n%83 != 0 {
			return false
		}
		failed[e.Content.GetText().GetBody()] = true
		return true
	}
	end := listening(t, s, box.store)
	if err := sends(t, s, "m6", "ana@example.test", content.Text("x")); err != nil {
		t.Fatalf("%v", err)
	}
	written, settledBy := 0, 0
	burst := func(n int) {
		for range n {
			name := fmt.Sprintf("load%d", written)
			ana.write(name, name)
			written++
		}
	}
	ofLoad := func(e event) bool { return strings.HasPrefix(e.Receipt, "load") }
	settled := func(e event) bool { return ofLoad(e) || strings.HasPrefix(e.ID, "load") && e.Type == "error" }
	for life := 1; life <= lives; life++ {
		for {
			got, more := ana.all(ofLoad)
			if len(got) >= receiptsEach*life {
				break
			}
			if written >= most {
				kinds := map[string]int{}
				ana.all(func(e event) bool { kinds[strings.TrimSpace(e.Kind+" "+e.Type+" "+e.Condition)]++; return false })
				t.Fatalf("%d receipts for %d messages in %d lives; %d are stored; the contact was told %v", len(got), written, life, len(box.texts()), kinds)
			}
			burst(10)
			patience := time.After(500 * time.Millisecond) // some may be lost, and have neither a receipt nor an error
			for before, waiting := settledBy, true; waiting && settledBy < before+10; {
				select {
				case <-more:
				case <-patience:
					waiting = false
				}
				got, more = ana.all(settled)
				settledBy = len(got)
			}
		}
		if life == lives {
			break
		}
		online, _ := ana.all(func(e event) bool { return e.Kind == "online" })
		burst(50) // of which some are on their way
		p.kill()
		p.start()
		ana.waits("to be online again", len(online)+1, func(e event) bool { return e.Kind == "online" })
		if err := sends(t, s, fmt.Sprint("again", life), "ana@example.test", content.Text("x")); err != nil && class(err) != result.Uncertain {
			t.Errorf("after a restart: %v", err)
		}
	}
	last := func(e event) bool { return strings.HasPrefix(e.Receipt, "last") }
	for try := 0; ; try++ { // the store may fail at the last
		ana.write(fmt.Sprint("last", try), "last")
		got, more := ana.all(last)
		for patience := time.After(2 * time.Second); len(got) == 0 && patience != nil; got, more = ana.all(last) {
			select {
			case <-more:
			case <-patience:
				patience = nil
			}
		}
		if len(got) > 0 {
			break
		}
		if try == 30 {
			t.Fatal("no receipt for the last message")
		}
	}
	end()
	stored, seen, before := box.texts(), map[string]bool{}, -1
	for _, text := range stored {
		var at int
		if _, err := fmt.Sscanf(text, "load%d", &at); err != nil {
			continue
		}
		if at <= before {
			t.Errorf("%s is stored after load%d", text, before)
		}
		before, seen[text] = at, true
	}
	receipts, _ := ana.all(ofLoad)
	back, _ := ana.all(func(e event) bool { return strings.HasPrefix(e.ID, "load") && e.Type == "error" })
	for _, e := range receipts {
		if !seen[e.Receipt] {
			t.Errorf("%s has a receipt, and is not stored", e.Receipt)
		}
		if failed[e.Receipt] {
			t.Errorf("%s has a receipt, and could not be stored", e.Receipt)
		}
	}
	for _, e := range back {
		if seen[e.ID] {
			t.Errorf("%s is stored, and came back as an error", e.ID)
		}
	}
	t.Logf("%d messages, %d kills: %d stored, %d receipts, %d came back, %d could not be stored", written, lives-1, len(seen), len(receipts), len(back), len(failed))
	if len(failed) == 0 {
		t.Error("the store has not failed once: the test shows less than it says")
	}
}
