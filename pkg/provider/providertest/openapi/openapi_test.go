package openapi_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
)

// read reads a description of the tests.
func read(t *testing.T, file string, o openapi.Options) *openapi.API {
	t.Helper()
	return openapi.Read(t, "testdata/"+file, o)
}

var jsonHead = []string{"Authorization: Bearer <token>", "Content-Type: application/json"}

func TestRequestsAreJudged(t *testing.T) {
	form := []string{"Authorization: Basic me:<password>", "Content-Type: application/x-www-form-urlencoded"}
	upload := []string{"Authorization: Basic me:<password>", "Content-Type: multipart/form-data"}
	strict := openapi.Options{Strict: true, Elsewhere: []string{"GET /files/{id}"}}
	for name, test := range map[string]struct {
		file    string
		options openapi.Options
		request conversation.Request
		want    string // part of the error; "" for a request that is right
	}{
		"a child of a base":                      {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"text","text":"hola","quick":{"n":1}}]}`}, ""},
		"a child without what it needs":          {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"text"}]}`}, `property "text" is missing`},
		"a kind that there is not":               {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"telegram","text":"hola"}]}`}, `"type" has invalid value`},
		"a child of another kind":                {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"image","text":"hola"}]}`}, `property "text" is unsupported`},
		"a misspelt field of a base":             {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"text","text":"hola","qick":{"n":1}}]}`}, `"qick" is unsupported`},
		"a misspelt field, leniently":            {"discriminator.yaml", openapi.Options{}, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"text","text":"hola","qick":{"n":1}}]}`}, ""},
		"too many items":                         {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"text","text":"1"},{"type":"text","text":"2"},{"type":"text","text":"3"}]}`}, "maximum number of items is 2"},
		"a header of the wrong form":             {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: append(slices.Clone(jsonHead), "Retry-Key: abc"), Body: `{"to":"U1","messages":[{"type":"text","text":"hola"}]}`}, "header Retry-Key"},
		"a header that holds a secret":           {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: append(slices.Clone(jsonHead), "Retry-Key: <token>"), Body: `{"to":"U1","messages":[{"type":"text","text":"hola"}]}`}, ""},
		"no credential":                          {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead[1:], Body: `{"to":"U1","messages":[{"type":"text","text":"hola"}]}`}, "none of the credentials"},
		"no body":                                {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead}, "the body is required"},
		"a body of another type":                 {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: []string{jsonHead[0], "Content-Type: text/plain"}, Body: "hola"}, `type "text/plain"`},
		"no JSON":                                {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: "hola"}, "no JSON"},
		"an address that there is not":           {"discriminator.yaml", strict, conversation.Request{Line: "POST /v1/push", Header: jsonHead}, "POST /v1/push is not in the description"},
		"another method":                         {"discriminator.yaml", strict, conversation.Request{Line: "GET /v2/push", Header: jsonHead}, "GET /v2/push is not in the description"},
		"a download":                             {"discriminator.yaml", strict, conversation.Request{Line: "GET /files/abc"}, ""},
		"the stand-in's address":                 {"discriminator.yaml", strict, conversation.Request{Line: "POST /v2/push", Header: jsonHead, Body: `{"to":"U1","messages":[{"type":"image","url":"<server>/a"}]}`}, ""},
		"branches that close the object":         {"allof.yaml", openapi.Options{}, conversation.Request{Line: "POST /v23.0/1234/messages", Header: jsonHead, Body: `{"product":"x","to":"34","type":"text","text":{"body":"hola"}}`}, ""},
		"what no branch names":                   {"allof.yaml", openapi.Options{}, conversation.Request{Line: "POST /v23.0/1234/messages", Header: jsonHead, Body: `{"product":"x","to":"34","type":"text","text":{"body":"hola"},"more":1}`}, `more`},
		"what only a base requires":              {"allof.yaml", openapi.Options{}, conversation.Request{Line: "POST /v23.0/1234/messages", Header: jsonHead, Body: `{"to":"34","type":"text","text":{"body":"hola"}}`}, `product`},
		"a kind of a version of JSON Schema":     {"allof.yaml", openapi.Options{}, conversation.Request{Line: "POST /v23.0/1234/messages", Header: jsonHead, Body: `{"product":"x","to":"34","type":"text","text":{"body":null}}`}, `body`},
		"a form":                                 {"swagger.json", strict, conversation.Request{Line: "POST /v3/sms", Header: form, Body: `{"to":"+34","count":"2","urgent":"true","media":["a","b"]}`}, ""},
		"a form with a field that is no number":  {"swagger.json", strict, conversation.Request{Line: "POST /v3/sms", Header: form, Body: `{"to":"+34","count":"two"}`}, "count"},
		"a form with an unknown field":           {"swagger.json", strict, conversation.Request{Line: "POST /v3/sms", Header: form, Body: `{"too":"+34"}`}, "too"},
		"a list in a form that wants one text":   {"swagger.json", strict, conversation.Request{Line: "POST /v3/sms", Header: form, Body: `{"to":["+34","+35"]}`}, "to"},
		"a list of one":                          {"swagger.json", strict, conversation.Request{Line: "POST /v3/sms", Header: form, Body: `{"to":"+34","media":"a"}`}, ""},
		"a file":                                 {"swagger.json", strict, conversation.Request{Line: "POST /v3/uploads", Header: upload, Body: `{"file":{"file":"a.png","media_type":"image/png","size":3},"name":"a"}`}, ""},
		"a query":                                {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms?limit=5", Header: form[:1]}, ""},
		"a query that is no number":              {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms?limit=x", Header: form[:1]}, "query limit"},
		"a query without what it needs":          {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms", Header: form[:1]}, "query limit: is required"},
		"an unknown query":                       {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms?limit=5&page=2", Header: form[:1]}, "query page: unknown"},
		"a body where there is none":             {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms?limit=5", Header: form, Body: `{"a":"b"}`}, "takes no body"},
		"the nearest of two routes":              {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms/account", Header: form[:1]}, ""},
		"a parameter in a path":                  {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms/abc", Header: form[:1]}, "path id"},
		"a secret in a path":                     {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms/<password>", Header: form[:1]}, ""},
		"credentials of another kind":            {"swagger.json", strict, conversation.Request{Line: "GET /v3/sms/account", Header: jsonHead[:1]}, "none of the credentials"},
		"alternatives with fields beside":        {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /pick", Body: `{"name":"x","id":"1"}`, Header: jsonHead}, ""},
		"alternatives, and neither":              {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /pick", Body: `{"name":"x"}`, Header: jsonHead}, "missing property"},
		"alternatives, and a misspelt one":       {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /pick", Body: `{"name":"x","id":"1","lnk":"2"}`, Header: jsonHead}, "lnk"},
		"alternatives, without a field beside":   {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /pick", Body: `{"id":"1"}`, Header: jsonHead}, "name"},
		"a schema that is part of itself":        {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /tree", Body: `{"leaf":{"leaf":{}}}`, Header: jsonHead}, ""},
		"a wrong value deep in such a one":       {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /tree", Body: `{"leaf":{"leaf":{"lef":1}}}`, Header: jsonHead}, "lef"},
		"bytes":                                  {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /bytes", Body: "\x00\x01", Header: []string{jsonHead[0], "Content-Type: application/octet-stream"}}, ""},
		"a text that a broken pattern describes": {"allof.yaml", openapi.Options{Strict: true}, conversation.Request{Line: "POST /pick", Body: `{"name":"anything","id":"1"}`, Header: jsonHead}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, test.file, test.options).Check(test.request)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestOperationsAreNamed(t *testing.T) {
	a := read(t, "swagger.json", openapi.Options{Unused: []string{"GET /sms/account"}})
	want := []string{"GET /sms", "GET /sms/{id}", "POST /sms", "POST /uploads"}
	if got := a.Operations(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	name, err := a.Check(conversation.Request{Line: "GET /v3/sms/17", Header: []string{"Authorization: Basic a:b"}})
	if name != "GET /sms/{id}" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
}

func TestValuesAreJudgedByASchema(t *testing.T) {
	a := read(t, "discriminator.yaml", openapi.Options{})
	for name, test := range map[string]struct{ schema, value, want string }{
		"right":     {"Message", `{"type":"text","text":"hola"}`, ""},
		"wrong":     {"Message", `{"type":"text"}`, "text"},
		"no JSON":   {"Message", `{`, "read a Message"},
		"no schema": {"Letter", `{}`, "not in the description"},
	} {
		if err := a.Schema(test.schema, []byte(test.value)); test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing is a test that notes its failure.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(string, ...any) { f.failed = true; panic(f) }

func TestADescriptionThatIsMissingFailsTheTest(t *testing.T) {
	empty := t.TempDir() + "/empty.json"
	if err := os.WriteFile(empty, []byte(`{"openapi":"3.0.0","info":{"title":"x","version":"1"},"paths":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"testdata/nowhere.json", "openapi_test.go", empty} {
		f := &failing{}
		func() {
			defer func() { _ = recover() }()
			openapi.Read(f, file, openapi.Options{})
		}()
		if !f.failed {
			t.Errorf("%s: the test goes on", file)
		}
	}
}
