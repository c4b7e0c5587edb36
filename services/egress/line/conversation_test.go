package line_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/line/internal/oracle"
)

func TestConversations(t *testing.T) { providertest.Run(t, line.Network, "testdata") }

// Every call that a conversation expects is one that LINE's description allows, and none that it has is left out.
func TestExpectedCallsAreThoseOfTheMessagingAPI(t *testing.T) {
	requests, err := providertest.Requests("testdata")
	if err != nil {
		t.Fatal(err)
	}
	spec := oracle.Messaging()
	seen := map[string]bool{}
	for _, r := range requests {
		method, path, _ := strings.Cut(r.Line, " ")
		header := http.Header{}
		for _, h := range r.Header {
			name, value, _ := strings.Cut(h, ": ")
			header.Set(name, value)
		}
		if got := header.Get("Authorization"); got != "Bearer <channel_access_token>" {
			t.Errorf("%s: %s: authorization %q", r.File, r.Line, got)
		}
		if name, err := spec.Call(method, path); err == nil {
			seen[name] = true
		}
		if err := spec.Request(method, path, header, []byte(r.Body)); err != nil {
			t.Errorf("%s: %s: %v\n%s", r.File, r.Line, err, r.Body)
		}
	}
	for _, call := range spec.Calls() {
		if !seen[call] {
			t.Errorf("no conversation calls %s", call)
		}
	}
}

// strangers hold calls that LINE's description does not allow, on purpose.
var strangers = []string{"in_unreadable.txtar", "in_unknown.txtar", "in_batch.txtar"}

// Every call that a conversation receives is one that LINE's description allows, and every kind of event and message
// that it has is received.
func TestReceivedCallsAreThoseOfLINE(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	spec := oracle.Webhook()
	seen := map[string]bool{}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if f.Name != "call.json" || slices.Contains(strangers, filepath.Base(file)) {
				continue
			}
			if err := spec.Request("POST", "/callback", http.Header{"Content-Type": {"application/json"}}, f.Data); err != nil {
				t.Errorf("%s: %v\n%s", file, err, f.Data)
			}
			var call struct {
				Events []struct {
					Type    string
					Message struct{ Type string }
				}
			}
			if err := json.Unmarshal(f.Data, &call); err != nil {
				t.Fatal(err)
			}
			for _, e := range call.Events {
				seen["Event "+e.Type], seen["MessageContent "+e.Message.Type] = true, true
			}
		}
	}
	for _, base := range []string{"Event", "MessageContent"} {
		kinds := spec.Kinds(base)
		if len(kinds) == 0 {
			t.Errorf("%s has no kinds", base)
		}
		for _, kind := range kinds {
			if !seen[base+" "+kind] {
				t.Errorf("no conversation receives %s %s", base, kind)
			}
		}
	}
}
