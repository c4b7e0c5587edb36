package clicksend_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/clicksend"
)

// FuzzReceive begins with the calls of the golden conversations, and reads each as a body and as a query.
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
		for _, part := range strings.Split(string(data), "-- call.")[1:] {
			_, call, _ := strings.Cut(part, " --\n")
			call, _, _ = strings.Cut(call, "-- events.json --")
			if head, body, ok := strings.Cut(call, "\n\n"); ok {
				call = body
			} else if line, ok := strings.CutPrefix(head, "GET /?"); ok {
				call = line
			}
			f.Add([]byte(strings.TrimSpace(call)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, call := range []webhook.Call{{Method: "POST", Body: data}, {Body: data}, {Method: "GET", Query: string(data)}} {
			events, err := provider.Receive(clicksend.Network, []byte("{}"), call)
			if err != nil && len(events) > 0 {
				t.Errorf("events and an error: %v", err)
			}
			if err == nil && len(events) == 0 {
				t.Error("nothing, and no error")
			}
			for _, e := range events {
				switch {
				case e.Content != nil && (e.Key == "" || e.Contact.GetAddress() == ""):
					t.Errorf("key %q, contact %q", e.Key, e.Contact.GetAddress())
				case e.Receipt != nil && (e.Key == "" || e.Receipt.OwnID == "" || e.Receipt.Status == 0):
					t.Errorf("key %q, receipt %+v", e.Key, e.Receipt)
				case e.Content == nil && e.Receipt == nil && e.Ignored == "":
					t.Error("an event of nothing")
				}
				if _, err := proto.Marshal(e.Content); err != nil {
					t.Errorf("content cannot be stored: %v", err)
				}
				if _, err := proto.Marshal(e.Contact); err != nil {
					t.Errorf("contact cannot be stored: %v", err)
				}
			}
		}
	})
}
