package twilio_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/twilio"
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
		for _, part := range strings.Split(string(data), "-- call.http --\n")[1:] {
			call, _, _ := strings.Cut(part, "\n-- events.json --")
			head, body, _ := strings.Cut(call, "\n\n")
			_, query, _ := strings.Cut(strings.SplitN(head, "\n", 2)[0], "?")
			f.Add(query, strings.Contains(head, "application/json"), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, query string, asJSON bool, body []byte) {
		call := webhook.Call{Method: "POST", Query: query, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: body}
		if asJSON {
			call.Header.Set("Content-Type", "application/json")
		}
		events, err := provider.Receive(twilio.Network, []byte("{}"), call)
		if (err == nil) == (len(events) == 0) {
			t.Errorf("%d events and error %v", len(events), err)
		}
		keys := map[string]bool{}
		for _, e := range events {
			if e.Content != nil && (e.Key == "" || e.Contact.GetAddress() == "") {
				t.Errorf("key %q, contact %q", e.Key, e.Contact.GetAddress())
			}
			if e.Ignored == "" && keys[e.Key] {
				t.Errorf("two events have the key %q", e.Key)
			}
			keys[e.Key] = true
			if e.Receipt != nil && (e.Receipt.Ref == "" || e.Receipt.Status == 0) {
				t.Errorf("receipt %+v", e.Receipt)
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
