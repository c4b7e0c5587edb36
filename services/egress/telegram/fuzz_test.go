package telegram_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/telegram"
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
		events, err := provider.Receive(telegram.Network, []byte("{}"), webhook.Call{Method: "POST", Body: body})
		if err != nil && len(events) > 0 {
			t.Errorf("events and an error: %v", err)
		}
		for _, e := range events {
			if (e.Content == nil) == (e.Ignored+e.Unreadable == "") {
				t.Errorf("content %v and ignored %q", e.Content, e.Ignored)
			}
			if e.Content != nil && (e.Key == "" || e.Contact.GetAddress() == "") {
				t.Errorf("key %q, contact %q", e.Key, e.Contact.GetAddress())
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
