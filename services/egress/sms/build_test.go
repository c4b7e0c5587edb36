package sms

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a person writes and whatever an account holds, each value is one value of the request: the host, the segments of the path, the
// parameters of the query, the members of JSON and the fields of a form are those that are declared.
func FuzzRequest(f *testing.F) {
	for _, text := range []string{"hola", `"}, {"a": "`, "a&b=c#d?e/../%2e", "..", "{to}{{}}", "é\r\nX: y", "'`$(x)", "\u2028 <b>"} {
		f.Add(text, text)
	}
	const at = "https://sms.example.com/a/{user}/b?t={text}&k={key}"
	forms := Send{URL: at, Form: map[string]string{"text": "<{text}>", "user": "{user}", "to": "{to}"}}
	objects := Send{URL: at, JSON: []byte(`{"text": "<{text}>", "to": "{to}", "list": ["{user}", 1, {"deep": "{key}"}]}`)}
	byForm, err := forms.compile()
	if err != nil {
		f.Fatal(err)
	}
	byJSON, err := objects.compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, own string) {
		if !utf8.ValidString(text) || !utf8.ValidString(own) || text == "" || own == "" {
			t.Skip()
		}
		v := values{"text": text, "user": own, "key": own, "to": "+34600111222"}
		for _, r := range []*request{byForm, byJSON} {
			made, err := r.build(v, "")
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(made.URL)
			if err != nil || u.Host != "sms.example.com" || u.Fragment != "" {
				t.Fatalf("%q: %v", made.URL, err)
			}
			segments := strings.Split(u.EscapedPath(), "/")
			if len(segments) != 4 || segments[1] != "a" || segments[3] != "b" || segments[2] == "." || segments[2] == ".." {
				t.Fatalf("%q: the path is another one", made.URL)
			}
			if plain, err := url.PathUnescape(segments[2]); err != nil || plain != own {
				t.Fatalf("%q: %q", made.URL, plain)
			}
			if q, err := url.ParseQuery(u.RawQuery); err != nil || len(q) != 2 || q.Get("t") != text || q.Get("k") != own {
				t.Fatalf("%q: the query is another one", made.URL)
			}
			body, err := io.ReadAll(made.Body)
			if err != nil {
				t.Fatal(err)
			}
			if r == byForm {
				if form, err := url.ParseQuery(string(body)); err != nil || len(form) != 3 || form.Get("text") != "<"+text+">" || form.Get("user") != own {
					t.Fatalf("%q: the form is another one", body)
				}
				continue
			}
			var object struct {
				Text string
				List []any
			}
			if err := json.Unmarshal(body, &object); err != nil || object.Text != "<"+text+">" || len(object.List) != 3 || object.List[0] != own {
				t.Fatalf("%q: the object is another one (%v)", body, err)
			}
		}
	})
}
