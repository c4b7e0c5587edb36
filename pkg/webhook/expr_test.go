package webhook_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
)

func TestAnExpressionFindsOneValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, path, body, want string }{
		{"a number", "update_id", `{"update_id": 10000}`, "10000"},
		{"an id of 64 bits", "id", `{"id": 9223372036854775807}`, "9223372036854775807"},
		{"an id beyond a float's precision", "id", `{"id":9007199254740993}`, "9007199254740993"},
		{"an unsigned id of 64 bits", "id", `{"id":18446744073709551615}`, "18446744073709551615"},
		{"a number below zero", "id", `{"id":-5}`, "-5"},
		{"a number as it is written", "id", `{"id":1.50e3}`, "1.50e3"},
		{"a text", "id", `{"id": "wamid.HBgL"}`, "wamid.HBgL"},
		{"a text with escapes", "id", `{"id":"a\u00e9\n\"b\""}`, "aé\n\"b\""},
		{"a deeper value", "entry.message.id", `{"entry":{"message":{"id":"m1"}}}`, "m1"},
		{"the last of two", "id", `{"id":"1","id":"2"}`, "2"},
		{"an empty text", "id", `{"id":""}`, ""},
		{"true", "id", `{"id":true}`, ""},
		{"null", "id", `{"id":null}`, ""},
		{"an object", "id", `{"id":{"x":1}}`, ""},
		{"a list", "id", `{"id":[1]}`, ""},
		{"nothing under the key", "id", `{"ID": 1}`, ""},
		{"nothing under a deeper key", "a.b", `{"a":{}}`, ""},
		{"a way through a text", "a.b", `{"a":"b"}`, ""},
		{"a way through a list", "a.0", `{"a":[1]}`, ""},
		{"a list", "id", `[{"id":1}]`, ""},
		{"no JSON", "id", `id=1`, ""},
		{"cut off", "id", `{"id": 1`, ""},
		{"more than one value", "id", `{"id":1}{"id":2}`, ""},
		{"nothing at all", "id", ``, ""},
	} {
		if got := webhook.JSON(test.path).Find(webhook.Call{Body: []byte(test.body)}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := (webhook.Expr{}).Find(webhook.Call{Body: []byte(`{"":"x"}`)}); got != "" {
		t.Errorf("the zero value finds %q", got)
	}
}

func FuzzExpr(f *testing.F) {
	for _, body := range []string{`{"id":9223372036854775807}`, `{"a":{"id":"x"}}`, `{"id":null}`, `[1]`, `{"id":"\ud800"}`, `{"id":1e400}`, "", `{"a":`} {
		f.Add("id", []byte(body))
		f.Add("a.id", []byte(body))
	}
	f.Add("a.b", []byte(`{"a":{"b":1}}`))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		if strings.ContainsAny(path, "[]") {
			return // lists are another test's
		}
		got, want := webhook.JSON(path).Find(webhook.Call{Body: body}), walk(path, body)
		if got != want {
			t.Errorf("%q by %q, want %q", got, path, want)
		}
	})
}

// walk finds the value another way: through the whole body, its numbers as they are written.
func walk(path string, body []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if !json.Valid(body) || d.Decode(&v) != nil {
		return ""
	}
	for key := range strings.SplitSeq(path, ".") {
		if key == "" {
			return "" // no path
		}
		object, _ := v.(map[string]any)
		v = object[key]
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return ""
	}
}
