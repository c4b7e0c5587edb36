package webhook_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	hook "github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/webhook"
)

// What the kit sends in is signed by the official library, what is sent out is judged by the schema.
func TestConversations(t *testing.T) {
	providertest.Kit{Oracle: schemaOf(t, "from_bridge"), Sign: sign}.Run(t, webhook.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, webhook.Network, "testdata") }

// sign makes a call an app's own, by the official library.
func sign(c *hook.Call, secrets hook.Secrets) {
	wh, err := standardwebhooks.NewWebhook(secrets["secret"][0])
	if err != nil {
		return // no secret, no signature
	}
	id, now := "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", time.Now()
	signature, err := wh.Sign(id, now, c.Body)
	if err != nil {
		panic(err)
	}
	c.Header.Set(standardwebhooks.HeaderWebhookID, id)
	c.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	c.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
}

// judge judges bodies by a definition of schema.json.
type judge struct{ schema *jsonschema.Schema }

func schemaOf(t testing.TB, definition string) judge {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("schema.json#/$defs/" + definition)
	if err != nil {
		t.Fatal(err)
	}
	return judge{schema}
}

func (j judge) body(body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return j.schema.Validate(value)
}

// Operations implements [providertest.Oracle].
func (judge) Operations() []string { return []string{"message", "ping"} }

// Check implements [providertest.Oracle].
func (j judge) Check(r conversation.Request) (string, error) {
	method, target, header := r.Call()
	if method == http.MethodGet {
		return "", nil // a file
	}
	var errs []error
	if method != http.MethodPost || !strings.HasPrefix(target, "/bonychat") {
		errs = append(errs, fmt.Errorf("%s %s", method, target))
	}
	for _, name := range []string{standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature} {
		if header.Get(name) == "" {
			errs = append(errs, errors.New("no "+name))
		}
	}
	operation := "message"
	if strings.Contains(r.Body, `"type": "ping"`) {
		operation = "ping"
	}
	return operation, errors.Join(append(errs, j.body([]byte(r.Body)))...)
}

// What conversations receive is what the schema lets an app send; what cannot be read it does not.
func TestReceivedCallsAreThoseOfTheSchema(t *testing.T) {
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	schema := schemaOf(t, "from_app")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range txtar.Parse(data).Files {
			if f.Name != "call.json" {
				continue
			}
			if err, wrong := schema.body(f.Data), strings.Contains(file, "unreadable"); (err != nil) != wrong {
				t.Errorf("%s, file %d: %v", file, i, err)
			}
		}
	}
}
