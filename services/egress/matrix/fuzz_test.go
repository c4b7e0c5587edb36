package matrix_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
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
			if _, body, ok := strings.Cut(string(part.Data), "\n\n"); ok && part.Name == "call.http" {
				f.Add([]byte(body))
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := provider.Receive(matrix.Network, []byte(`{"user_prefix":"soporte","server_name":"example.org"}`), webhook.Call{Method: "PUT", Channel: "channel", Body: body})
		if err != nil && len(events) > 0 {
			t.Errorf("events and an error: %v", err)
		}
		keys := map[string]bool{}
		for _, e := range events {
			meanings := 0
			for _, is := range []bool{e.Content != nil, e.Receipt != nil, e.Unreadable != "", e.Ignored != ""} {
				if is {
					meanings++
				}
			}
			if meanings != 1 {
				t.Errorf("%d meanings: %+v", meanings, e)
			}
			if e.Ignored+e.Unreadable == "" && (e.Key == "" || keys[e.Key] || e.Contact.GetAddress() == "") {
				t.Errorf("key %q, there before: %v, contact %q", e.Key, keys[e.Key], e.Contact.GetAddress())
			}
			keys[e.Key] = true
			for _, m := range []proto.Message{e.Content, e.Contact} {
				if _, err := proto.Marshal(m); err != nil {
					t.Errorf("cannot be stored: %v", err)
				}
			}
		}
	})
}
