package sms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/gsm7"
	"github.com/bonychat/puente/pkg/provider/httpclient"

	"github.com/bonychat/puente/services/egress/sms/internal/template"
)

// values are what fields stand for.
type values map[string]string

func (v values) of(name string) string { return v[name] }

// values of one message, with the account's own.
func (a Account) values(d *Declaration, to, text, id, receipts string) values {
	v := values{
		"to": to, "to_digits": strings.TrimPrefix(to, "+"), "from": a.From, "from_digits": strings.TrimPrefix(a.From, "+"),
		"text": text, "id": id, "receipts": receipts, "user": a.User, "password": a.Password.Reveal(), "key": a.Key.Reveal(),
	}
	if e := d.Send.Encoding; e != nil {
		v["encoding"] = e.Unicode
		if _, ok := gsm7.Encode(text); ok {
			v["encoding"] = e.GSM7
		}
	}
	return v
}

// build makes the request: each value escaped for its place. api, where there is one, is in place of the declared host.
func (r *request) build(v values, api string) (httpclient.Request, error) {
	base := r.base
	if api != "" {
		base = strings.TrimSuffix(api, "/")
	}
	out := httpclient.Request{Method: r.method, URL: base + r.target(v, segment, url.QueryEscape), Header: http.Header{}}
	for _, h := range r.header {
		if value, ok := filled(h.value, v); ok {
			out.Header.Set(h.name, value)
		}
	}
	if r.basic != nil {
		out.Header.Set("Authorization", basicOf(r.basic[0].value.Expand(v.of, nil), r.basic[1].value.Expand(v.of, nil)))
	}
	switch {
	case r.json != nil:
		body, err := r.bodyJSON(v)
		if err != nil {
			return out, err
		}
		out.Body, out.ContentType = bytes.NewReader(body), "application/json"
	case len(r.form) > 0:
		form := url.Values{}
		for _, f := range r.form {
			if value, ok := filled(f.value, v); ok {
				form.Set(f.name, value)
			}
		}
		out.Body, out.ContentType = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	return out, nil
}

// target is the path and the query.
func (r *request) target(v values, inPath, inQuery func(string) string) string {
	target, separator := r.path.Expand(v.of, inPath), "?"
	for _, q := range r.query {
		if q.value.Alone() != "" && v[q.value.Alone()] == "" {
			continue
		}
		target += separator + q.name + "=" + q.value.Expand(v.of, inQuery)
		separator = "&"
	}
	return target
}

// segment escapes for a path: dots too, since a segment of one or two of them leads elsewhere.
func segment(text string) string {
	if strings.Trim(text, ".") == "" {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	return url.PathEscape(text)
}

// bodyJSON is the JSON body.
func (r *request) bodyJSON(v values) ([]byte, error) {
	filledIn, _ := fill(r.json, v)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(filledIn); err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// filled is a template with its values; false where it is a field alone that has none: then it is left out.
func filled(t template.Template, v values) (string, bool) {
	if name := t.Alone(); name != "" && v[name] == "" {
		return "", false
	}
	return t.Expand(v.of, nil), true
}

func fill(node any, v values) (any, bool) {
	switch node := node.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, one := range node {
			if value, ok := fill(one, v); ok {
				out[name] = value
			}
		}
		return out, true
	case []any:
		out := []any{}
		for _, one := range node {
			if value, ok := fill(one, v); ok {
				out = append(out, value)
			}
		}
		return out, true
	case template.Template:
		return filled(node, v)
	default:
		return node, true
	}
}
