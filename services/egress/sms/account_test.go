package sms_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/sms"
)

// declared is an account of provider custom with this send, and perhaps more settings.
func declared(send, more string) json.RawMessage {
	return json.RawMessage(`{"provider": "custom", "user": "acme", "password": "S3CRET-pw", "key": "S3CRET-key", "from": "+34911000111", "secret": "hook-1", "send": ` + send + more + `}`)
}

// Each mistake is told with the setting that it is in, and where the setting is a template with the position. None is quoted:
// what stands there may be a credential that was pasted in the wrong place.
func TestMistakesOfDeclarations(t *testing.T) {
	const form = `, "form": {"to": "{to}", "text": "{text}"}`
	for name, test := range map[string]struct{ account, want string }{
		"unknown field":        {string(declared(`{"url": "https://x.example/a/{S3CRET-x}"`+form+`}`, "")), "account.send.url: a field that cannot stand here"},
		"its position":         {string(declared(`{"url": "https://x.example/a/{tto}"`+form+`}`, "")), "account.send.url: a field that cannot stand here (there are to, to_digits, from, from_digits, id, user, password, key) at position 21"},
		"unclosed":             {string(declared(`{"url": "https://x.example", "form": {"to": "{to}", "text": "S3CRET {text"}}`, "")), "account.send.form, entry 1: "},
		"stray brace":          {string(declared(`{"url": "https://x.example", "json": {"a": ["{to}", "{text}}"]}}`, "")), "account.send.json, entry 1, element 2: a closing brace without an opening one at position 7"},
		"field in the host":    {string(declared(`{"url": "https://{user}.example/a"`+form+`}`, "")), "account.send.url: a field cannot stand in the host: it is at position 9"},
		"text in the path":     {string(declared(`{"url": "https://x.example/{text}"`+form+`}`, "")), "account.send.url: a field that cannot stand here"},
		"text in a header":     {string(declared(`{"url": "https://x.example", "headers": {"X-Text": "{text}"}`+form+`}`, "")), "account.send.headers, entry 1: "},
		"break in a header":    {string(declared(`{"url": "https://x.example", "headers": {"X-Text": "a\r\nX: b"}`+form+`}`, "")), "account.send.headers: "},
		"user in the URL":      {string(declared(`{"url": "https://a:S3CRET@x.example/"`+form+`}`, "")), "account.send.url: must be http or https"},
		"another scheme":       {string(declared(`{"url": "file:///etc/passwd"`+form+`}`, "")), "account.send.url: must be http or https"},
		"field in a name":      {string(declared(`{"url": "https://x.example/?{to}=1"`+form+`}`, "")), "account.send.url: each parameter"},
		"two bodies":           {string(declared(`{"url": "https://x.example", "json": {}`+form+`}`, "")), "account.send.json: "},
		"no text":              {string(declared(`{"url": "https://x.example", "form": {"to": "{to}"}}`, "")), "account.send: {text} stands nowhere"},
		"setting that is none": {string(declared(`{"url": "https://x.example", "S3CRET": 1`+form+`}`, "")), "account.send: holds a field that there is not"},
		"place":                {string(declared(`{"url": "https://x.example", "id": "S3CRET"`+form+`}`, "")), "account.send: a place must begin with"},
		"a code twice":         {string(declared(`{"url": "https://x.example", "final": [1], "retry": ["1"]`+form+`}`, "")), "account.send: a code stands in two lists"},
		"wrong type":           {string(declared(`{"url": 7`+form+`}`, "")), "account.send.url: must be a text"},
		"no encoding":          {string(declared(`{"url": "https://x.example", "form": {"to": "{to}", "text": "{text}", "e": "{encoding}"}}`, "")), "account.send.encoding: is required"},
		"no host":              {string(declared(`{"url": "/a"`+form+`}`, "")), "account.api: is required"},
		"no id":                {string(declared(`{"url": "https://x.example"`+form+`}`, `, "incoming": {"message": {"from": "form:a", "text": "form:b"}}`)), "account.incoming.message.id: is required"},
		"a status twice":       {string(declared(`{"url": "https://x.example"`+form+`}`, `, "incoming": {"receipt": {"id": "form:a", "status": "form:b", "sent": "x", "failed": "x"}}`)), "account.incoming.receipt: a status means two things"},
		"no such provider":     {`{"provider": "S3CRET", "secret": "hook-1"}`, "account.provider: must be africastalking, infobip, plivo, sinch, telnyx, vonage or custom"},
		"credential missing":   {`{"provider": "vonage", "user": "u", "from": "x", "secret": "hook-1"}`, "account.password: is required with this provider"},
		"sender missing":       {`{"provider": "telnyx", "key": "k", "secret": "hook-1"}`, "account.from: is required with this provider"},
		"address missing":      {`{"provider": "infobip", "key": "k", "from": "x", "secret": "hook-1"}`, "account.api: is required with this provider"},
		"declared already":     {`{"provider": "telnyx", "key": "k", "from": "x", "secret": "hook-1", "send": {}}`, "account.send: is for provider custom"},
		"secret":               {`{"provider": "telnyx", "key": "k", "from": "x", "secret": "S3CRET/a"}`, "account.secret: must be"},
		"break in the sender":  {`{"provider": "telnyx", "key": "k", "from": "x\ny", "secret": "hook-1"}`, "account.from: must hold no line break"},
	} {
		told := fmt.Sprint(sms.Network.CheckAccount(json.RawMessage(test.account)))
		if !strings.Contains(told, test.want) || strings.Contains(told, "S3CRET") {
			t.Errorf("%s: %s\nwant %s", name, told, test.want)
		}
	}
	if errs := sms.Network.CheckAccount(declared(`{"url": "https://x.example"`+form+`}`, "")); len(errs) > 0 {
		t.Errorf("a good one: %v", errs)
	}
}

// Every declaration that comes with Puente has conversations, unhappy ones too, and says whether it was tried.
func TestEveryProviderHasConversations(t *testing.T) {
	if len(sms.Providers()) < 6 {
		t.Fatalf("%v", sms.Providers())
	}
	for _, f := range sms.Network.Describe().Fields {
		if want := append(sms.Providers(), "custom"); f.Name == "provider" && !slices.Equal(f.Values, want) {
			t.Errorf("the tag values of provider says %q, and there are %q", f.Values, want)
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sms.Providers() {
		for _, file := range []string{"out_refused", "out_throttled", "out_suspended", "out_text", "in_text", "in_receipt"} {
			if _, err := os.Stat(filepath.Join("testdata", name, file+".txtar")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		data, err := os.ReadFile(filepath.Join("providers", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var d sms.Declaration
		if err := json.Unmarshal(data, &d); err != nil || d.Tried == "" || !strings.Contains(string(readme), "| `"+name+"` |") || !strings.Contains(string(readme), d.Doc) {
			t.Errorf("%s: tried %q, and the README has to have it with %s (%v)", name, d.Tried, d.Doc, err)
		}
	}
}
