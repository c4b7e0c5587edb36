package webhook_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	c := webhook.Call{
		Method: "POST", Suffix: "/a/b%2Fc", Query: "q=1&empty=", Body: []byte("body"), Header: http.Header{"Content-Type": {"Text/Plain; charset=x"}},
	}
	hashed := sha256.Sum256(c.Body)
	c.Query += "&digest=" + hex.EncodeToString(hashed[:])
	bodyless := c
	bodyless.Body = nil
	q, empty, none := expr.Query("q"), expr.Query("empty"), expr.Query("none")
	for _, test := range []struct {
		name      string
		condition expr.Condition
		call      webhook.Call
		want      bool
	}{
		{"the method", expr.MethodIs("POST"), c, true},
		{"another method", expr.MethodIs("GET"), c, false},
		{"the path", expr.PathIs("/a/b%2Fc"), c, true},
		{"a path below", expr.PathIs("/a/"), c, true},
		{"the start of a path", expr.PathIs("/a"), c, false},
		{"the path as it is not escaped", expr.PathIs("/a/b/c"), c, false},
		{"the type", expr.ContentTypeIs("text/plain"), c, true},
		{"another type", expr.ContentTypeIs("text/html"), c, false},
		{"no type", expr.ContentTypeIs("text/plain"), webhook.Call{}, false},
		{"no body", expr.NoBody(), bodyless, true},
		{"a body", expr.NoBody(), c, false},
		{"a value", expr.Equals(q, "1"), c, true},
		{"another value", expr.Equals(q, "2"), c, false},
		{"a secret", expr.EqualsSecret(q, "field"), c, true},
		{"another secret", expr.EqualsSecret(q, "other"), c, false},
		{"a secret that is not there", expr.EqualsSecret(none, "empty"), c, false},
		{"the body's digest", expr.EqualsBodyDigest(expr.Query("digest"), digest.SHA256), c, true},
		{"another body's digest", expr.EqualsBodyDigest(expr.Query("digest"), digest.SHA256), bodyless, false},
		{"another digest", expr.EqualsBodyDigest(expr.Query("digest"), digest.SHA1), c, false},
		{"an unknown digest", expr.EqualsBodyDigest(empty, "crc32"), c, false},
		{"no digest", expr.EqualsBodyDigest(none, digest.SHA256), c, false},
		{"is there", expr.Has(q), c, true},
		{"is empty", expr.Has(empty), c, false},
		{"is not there", expr.HasNot(none), c, true},
		{"is not there, but it is", expr.HasNot(q), c, false},
		{"an empty list", expr.NoneIn("a.b"), webhook.Call{Body: []byte(`{"a":{"b":[ ]}}`)}, true},
		{"a list", expr.NoneIn("a"), webhook.Call{Body: []byte(`{"a":[1]}`)}, false},
		{"null", expr.NoneIn("a"), webhook.Call{Body: []byte(`{"a":null}`)}, false},
		{"no list", expr.NoneIn("a"), webhook.Call{Body: []byte(`{}`)}, false},
		{"no JSON", expr.NoneIn("a"), c, false},
		{"nothing", expr.Condition{}, c, false},
		{"a value and nothing to compare it with", expr.Condition{Value: q}, c, false},
		{"two things at once", expr.Condition{Method: "POST", Path: "/a/"}, c, false},
	} {
		h := proof.HMAC{Hash: digest.SHA256, Secret: "key", Sent: expr.Query("s"), Encoding: digest.Hex, Only: []expr.Condition{test.condition}}
		call := test.call
		call.Query += "&s=" + hex.EncodeToString(sum("k", string(call.Body)))
		p := webhook.Policy{Verify: h, Methods: []string{call.Method}}
		cause := p.Check(call, webhook.Secrets{"key": {"k"}, "field": {"0", "1"}, "other": {"2"}, "empty": {""}})
		if got := cause == webhook.Authentic; got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
