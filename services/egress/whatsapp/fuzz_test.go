package whatsapp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

// FuzzReceive begins with the calls of the golden conversations.
func FuzzReceive(f *testing.F) {
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "-- call.json --\n")[1:] {
			body, _, _ := strings.Cut(part, "-- events.json --")
			f.Add([]byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := provider.Receive(whatsapp.Network, []byte("{}"), webhook.Call{Method: "POST", Body: body})
		if (err == nil) == (len(events) == 0) {
			t.Errorf("%d events, error %v", len(events), err)
		}
		for _, e := range events {
			meanings := 0
			for _, is := range []bool{e.Content != nil, e.Receipt != nil, e.Unreadable != "", e.Ignored != ""} {
				if is {
					meanings++
				}
			}
			if meanings != 1 {
				t.Errorf("%d meanings", meanings)
			}
			if e.Ignored+e.Unreadable == "" && e.Key == "" {
				t.Error("no key")
			}
			if e.Content != nil && (e.Contact.GetAddress() == "" || e.Content.GetKind() == nil) {
				t.Errorf("contact %q, content %v", e.Contact.GetAddress(), e.Content)
			}
			if e.Receipt != nil && (e.Receipt.Ref == "" || e.Receipt.Status == 0) {
				t.Errorf("receipt %v", e.Receipt)
			}
			if e.Reply != nil && (e.Content == nil || e.Reply.Until.IsZero()) {
				t.Error("a reply without a message or an end")
			}
			if text, ok := e.Content.GetKind().(interface{ GetText() string }); ok && text.GetText() == "" {
				t.Error("an empty text")
			}
			if _, err := proto.Marshal(e.Content); err != nil {
				t.Errorf("content cannot be stored: %v", err)
			}
			if _, err := proto.Marshal(e.Contact); err != nil {
				t.Errorf("contact cannot be stored: %v", err)
			}
		}
	})
}
