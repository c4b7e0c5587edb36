package line_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/line"
)

// FuzzReceive begins with the calls of the golden conversations.
func FuzzReceive(f *testing.F) {
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range ar.Files {
			if part.Name == "call.json" {
				f.Add(part.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := provider.Receive(line.Network, []byte("{}"), webhook.Call{Method: "POST", Body: body})
		if err != nil && len(events) > 0 {
			t.Errorf("events and an error: %v", err)
		}
		for _, e := range events {
			if (e.Content == nil) == (e.Ignored+e.Unreadable == "") {
				t.Errorf("content %v and ignored %q", e.Content, e.Ignored)
			}
			if e.Content != nil && (e.Key == "" || e.Contact.GetAddress() == "" || e.Content.GetKind() == nil) {
				t.Errorf("key %q, contact %q, content %v", e.Key, e.Contact.GetAddress(), e.Content)
			}
			if e.Reply != nil && (e.Content == nil || e.Reply.Token == "" || e.Reply.Until.IsZero()) {
				t.Errorf("reply %+v of %+v", *e.Reply, e)
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
