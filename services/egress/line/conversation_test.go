package line_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/line/internal/oracle"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Oracle: messagingAPI{oracle.Messaging()}, Sign: func(c *webhook.Call, secrets webhook.Secrets) {
		c.Header.Set("X-Line-Signature", linetest.Sign(secrets["channel_secret"][0], c.Body))
	}}.Run(t, line.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, line.Network, "testdata") }

// messagingAPI judges requests by LINE's description of its API.
type messagingAPI struct{ *oracle.Spec }

func (m messagingAPI) Operations() []string { return m.Calls() }

func (m messagingAPI) Check(r conversation.Request) (string, error) {
	method, target, header := r.Call()
	if got := header.Get("Authorization"); got != "Bearer <channel_access_token>" {
		return "", fmt.Errorf("authorization %q", got)
	}
	name, err := m.Call(method, target)
	return name, errors.Join(err, m.Request(method, target, header, []byte(r.Body)))
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
