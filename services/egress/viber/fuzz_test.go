package viber_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/viber"
)

// FuzzReceive begins with the calls of the conversations.
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
		events, err := provider.Receive(viber.Network, []byte("{}"), webhook.Call{Method: http.MethodPost, Body: body})
		if (err == nil) != (len(events) == 1) {
			t.Errorf("%d events and error %v", len(events), err)
		}
		for _, e := range events {
			if e.Ignored == "" && (e.Key == "" || (e.Content == nil) == (e.Receipt == nil)) {
				t.Errorf("event %+v", e)
			}
			if e.Content != nil && e.Contact.GetAddress() == "" {
				t.Error("a message from nobody")
			}
			if _, err := proto.Marshal(e.Content); err != nil {
				t.Errorf("content cannot be stored: %v", err)
			}
		}
	})
}
