package line_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/line/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Dir: "testdata", Oracle: messagingAPI{}, Sign: sign}.Run(t, line.Network)
}

// sign is https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
func sign(c *webhook.Call, secrets webhook.Secrets) {
	mac := hmac.New(sha256.New, []byte(secrets["channel_secret"][0]))
	mac.Write(c.Body)
	c.Header.Set("X-Line-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// messagingAPI judges requests by LINE's description.
type messagingAPI struct{}

func (messagingAPI) Operations() []string { return oracle.Messaging().Calls() }

func (messagingAPI) Check(r providertest.Request) (string, error) {
	method, target, header := r.Call()
	spec := oracle.Messaging()
	name, _ := spec.Call(method, target)
	if got := header.Get("Authorization"); got != "Bearer <channel_access_token>" {
		return name, fmt.Errorf("authorization %q", got)
	}
	return name, spec.Request(method, target, header, []byte(r.Body))
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
