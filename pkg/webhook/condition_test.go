package webhook_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	c := webhook.Call{
		Method: "POST", Suffix: "/a/b%2Fc", Query: "q=1&empty=", Body: []byte("body"), Header: http.Header{"Content-Type": {"Text/Plain; charset=x"}},
	}
	digest := sha256.Sum256(c.Body)
	c.Query += "&digest=" + hex.EncodeToString(digest[:])
	bodyless := c
	bodyless.Body = nil
	q, empty, none := webhook.Query("q"), webhook.Query("empty"), webhook.Query("none")
	for _, test := range []struct {
		name      string
		condition webhook.Condition
		call      webhook.Call
		want      bool
	}{
		{"the method", webhook.MethodIs("POST"), c, true},
		{"another method", webhook.MethodIs("GET"), c, false},
		{"the path", webhook.PathIs("/a/b%2Fc"), c, true},
		{"a path below", webhook.PathIs("/a/"), c, true},
		{"the start of a path", webhook.PathIs("/a"), c, false},
		{"the path as it is not escaped", webhook.PathIs("/a/b/c"), c, false},
		{"the type", webhook.ContentTypeIs("text/plain"), c, true},
		{"another type", webhook.ContentTypeIs("text/html"), c, false},
		{"no type", webhook.ContentTypeIs("text/plain"), webhook.Call{}, false},
		{"no body", webhook.NoBody(), bodyless, true},
		{"a body", webhook.NoBody(), c, false},
		{"a value", webhook.Equals(q, "1"), c, true},
		{"another value", webhook.Equals(q, "2"), c, false},
		{"a secret", webhook.EqualsSecret(q, "field"), c, true},
		{"another secret", webhook.EqualsSecret(q, "other"), c, false},
		{"a secret that is not there", webhook.EqualsSecret(none, "empty"), c, false},
		{"the body's digest", webhook.EqualsBodyDigest(webhook.Query("digest"), webhook.SHA256), c, true},
		{"another body's digest", webhook.EqualsBodyDigest(webhook.Query("digest"), webhook.SHA256), bodyless, false},
		{"another digest", webhook.EqualsBodyDigest(webhook.Query("digest"), webhook.SHA1), c, false},
		{"an unknown digest", webhook.EqualsBodyDigest(empty, "crc32"), c, false},
		{"no digest", webhook.EqualsBodyDigest(none, webhook.SHA256), c, false},
		{"is there", webhook.Has(q), c, true},
		{"is empty", webhook.Has(empty), c, false},
		{"is not there", webhook.HasNot(none), c, true},
		{"is not there, but it is", webhook.HasNot(q), c, false},
		{"an empty list", webhook.NoneIn("a.b"), webhook.Call{Body: []byte(`{"a":{"b":[ ]}}`)}, true},
		{"a list", webhook.NoneIn("a"), webhook.Call{Body: []byte(`{"a":[1]}`)}, false},
		{"null", webhook.NoneIn("a"), webhook.Call{Body: []byte(`{"a":null}`)}, false},
		{"no list", webhook.NoneIn("a"), webhook.Call{Body: []byte(`{}`)}, false},
		{"no JSON", webhook.NoneIn("a"), c, false},
		{"nothing", webhook.Condition{}, c, false},
		{"a value and nothing to compare it with", webhook.Condition{Value: q}, c, false},
		{"two things at once", webhook.Condition{Method: "POST", Path: "/a/"}, c, false},
	} {
		h := webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Sent: webhook.Query("s"), Encoding: webhook.Hex, Only: []webhook.Condition{test.condition}}
		call := test.call
		call.Query += "&s=" + hex.EncodeToString(sum("k", string(call.Body)))
		p := webhook.Policy{Verify: h, Methods: []string{call.Method}}
		cause := p.Check(call, webhook.Secrets{"key": {"k"}, "field": {"0", "1"}, "other": {"2"}, "empty": {""}})
		if got := cause == webhook.Authentic; got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
