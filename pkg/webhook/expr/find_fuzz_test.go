package expr_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

// FuzzJSON: what is found without decoding a body is what is found in the decoded one.
func FuzzJSON(f *testing.F) {
	for _, body := range []string{
		`{"id":9223372036854775807}`, `{"a":{"id":"x"}}`, `{"id":null}`, `[1]`, `{"id":"\ud800"}`, `{"id":1e400}`, "", `{"a":`, ` { "id" : [ ] } `,
		`{"id":1,"\u0069d":"\ud83d\ude00\n","x":[{"id":"]"}]}`, `{"id":"` + "\xff" + `","` + "\xff" + `":2}`, `{"a":{"id":1},"a":{}}`, `{"id":-0.0e+1 }`,
	} {
		f.Add("id", []byte(body))
		f.Add("a.id", []byte(body))
		f.Add("[0]", []byte(body))
	}
	f.Add("a.b", []byte(`{"a":{"b":1}}`))
	f.Add("a[0].b[]", []byte(`{"a":[{"b":[1,2]}]}`))
	f.Add("a[].b[].c", []byte(`{"a":[{"b":[{"c":1},{"c":"x"}]},{"b":[{"c":2}]}]}`))
	f.Add("[1][]", []byte("\ufeff[0,[\"a\", \"b\"] ]"))
	f.Add("\xff", []byte(`{"`+"\xff"+`":2}`))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		want := ""
		var v any
		d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
		d.UseNumber()
		steps, ok := split(path)
		if ok && json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) && d.Decode(&v) == nil {
			want = walk(v, steps)
		}
		if got := expr.JSON(path).Find(expr.Call{Body: body}); got != want {
			t.Errorf("%q by %q, want %q", got, path, want)
		}
	})
}

// split are the steps of a path: keys, and what stands in brackets with them.
func split(path string) (steps []string, ok bool) {
	for i, segment := range strings.Split(path, ".") {
		key, rest, list := strings.Cut(segment, "[")
		if key != "" {
			steps = append(steps, "."+key)
		} else if i > 0 || !list {
			return nil, false
		}
		for list {
			inside, after, closed := strings.Cut(rest, "]")
			if _, err := strconv.ParseUint(inside, 10, 16); !closed || inside != "" && err != nil || after != "" && after[0] != '[' {
				return nil, false
			}
			steps = append(steps, "["+inside)
			rest, list = strings.CutPrefix(after, "[")
		}
	}
	return steps, true
}

// walk finds the value in what was decoded whole.
func walk(v any, steps []string) string {
	if len(steps) == 0 {
		switch v := v.(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
		return ""
	}
	if key, ok := strings.CutPrefix(steps[0], "."); ok {
		object, _ := v.(map[string]any)
		return walk(object[key], steps[1:])
	}
	list, _ := v.([]any)
	if steps[0] != "[" {
		if i, _ := strconv.Atoi(steps[0][1:]); i < len(list) {
			return walk(list[i], steps[1:])
		}
		return ""
	}
	var all []string
	for _, one := range list {
		value := walk(one, steps[1:])
		if value == "" {
			return ""
		}
		all = append(all, value)
	}
	return strings.Join(all, ",")
}

// FuzzParameters: what is found without decoding a form or a query is what net/url finds in it.
func FuzzParameters(f *testing.F) {
	for _, raw := range []string{"a=1&b=2", "a=%2B+c&A=1", "a=1&a=2", "%61=1", "a", "a=1&%zz", "a=1;b=2", "&&=x&a=%", "a==1", "a+b=1", "a=\xff", "\ufeffa=1"} {
		f.Add("a", raw)
		f.Add("a b", raw)
	}
	f.Fuzz(func(t *testing.T, name, raw string) {
		if name == "" || strings.Count(raw, "&") > 5000 { // beyond which net/url takes no more
			return
		}
		query, _ := url.ParseQuery(raw)
		if got, want := expr.Query(name).Find(expr.Call{Query: raw}), single(query[name]); got != want {
			t.Errorf("%q in the query, want %q", got, want)
		}
		form, err := url.ParseQuery(strings.TrimPrefix(raw, "\ufeff"))
		if err != nil {
			form = nil
		}
		c := expr.Call{Body: []byte(raw), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
		if got, want := expr.Form(name).Find(c), single(form[name]); got != want {
			t.Errorf("%q in the form, want %q", got, want)
		}
	})
}

func single(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}
