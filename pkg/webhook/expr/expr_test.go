package expr_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

func TestAnExpressionFindsOneValueInJSON(t *testing.T) {
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
		{"a way through a list without saying so", "a.0", `{"a":[1]}`, ""},
		{"an element", "a[1].id", `{"a":[{"id":1},{"id":2}]}`, "2"},
		{"an element of the root", "[0].id", `[{"id":1}]`, "1"},
		{"an element of an element", "a[0][1]", `{"a":[[1,2]]}`, "2"},
		{"an element that is not there", "a[2]", `{"a":[1,2]}`, ""},
		{"an element of an object", "a[0]", `{"a":{"0":1}}`, ""},
		{"every element", "events[].id", `{"events":[{"id":"x"},{"id":7}]}`, "x,7"},
		{"every element of every element", "e[].c[].id", `{"e":[{"c":[{"id":1},{"id":2}]},{"c":[{"id":3}]}]}`, "1,2,3"},
		{"every element of the root", "[].id", `[{"id":1},{"id":2}]`, "1,2"},
		{"every element, but one has none", "events[].id", `{"events":[{"id":"x"},{"type":"follow"}]}`, ""},
		{"every element of none", "events[].id", `{"events":[]}`, ""},
		{"every element of what is no list", "events[].id", `{"events":{"id":1}}`, ""},
		{"a list", "id", `[{"id":1}]`, ""},
		{"no JSON", "id", `id=1`, ""},
		{"cut off", "id", `{"id": 1`, ""},
		{"more than one value", "id", `{"id":1}{"id":2}`, ""},
		{"nothing at all", "id", ``, ""},
		{"no index", "a[x]", `{"a":[1]}`, ""},
		{"an index below zero", "a[-1]", `{"a":[1]}`, ""},
		{"an open bracket", "a[0", `{"a":[1]}`, ""},
		{"a key right after a bracket", "a[0]b", `{"a":[{"b":1}]}`, ""},
	} {
		if got := expr.JSON(test.path).Find(expr.Call{Body: []byte(test.body)}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAnExpressionFindsOneValueElsewhere(t *testing.T) {
	t.Parallel()
	form, xml := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}}, http.Header{"Content-Type": {"text/xml"}}
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"jti":"j1","iat":7,"aud":["x"]}`)) + ".c2ln"
	id := expr.Query
	for _, test := range []struct {
		name string
		expr expr.Expr
		call expr.Call
		want string
	}{
		{"a parameter", id("a b"), expr.Call{Query: "x=1&a+b=%2B+c"}, "+ c"},
		{"a parameter that is there twice", id("a"), expr.Call{Query: "a=1&a=1"}, ""},
		{"a parameter of the body", id("a"), expr.Call{Body: []byte("a=1"), Header: form}, ""},
		{"a header", expr.Header("webhook-ID"), expr.Call{Header: http.Header{"Webhook-Id": {"m1"}}}, "m1"},
		{"a header that is there twice", expr.Header("A"), expr.Call{Header: http.Header{"A": {"1", "1"}}}, ""},
		{"a field", expr.Form("From"), expr.Call{Body: []byte("From=%2B34&To=1"), Header: form}, "+34"},
		{"a field that is there twice", expr.Form("a"), expr.Call{Body: []byte("a=1&a=2"), Header: form}, ""},
		{"a field of a form that is broken elsewhere", expr.Form("a"), expr.Call{Body: []byte("a=1&b=%zz"), Header: form}, ""},
		{"a field of what is no form", expr.Form("a"), expr.Call{Body: []byte("a=1")}, ""},
		{"JSON in a form", expr.JSON("a"), expr.Call{Body: []byte(`{"a":1}`), Header: form}, ""},
		{"XML in a form", expr.XML("a"), expr.Call{Body: []byte(`<x><a>1</a></x>`), Header: form}, ""},
		{"a form of two types", expr.Form("a"), expr.Call{Body: []byte("a=1"), Header: http.Header{"Content-Type": {form.Get("Content-Type"), "text/xml"}}}, ""},
		{"an element", expr.XML("Encrypt"), expr.Call{Body: []byte("<?xml version='1.0'?>\n<xml><To>x</To><Encrypt><![CDATA[a+/=]]></Encrypt></xml>\n"), Header: xml}, "a+/="},
		{"a deeper element", expr.XML("a.b"), expr.Call{Body: []byte("<x><b>no</b><a>t<b>1</b></a></x>")}, "1"},
		{"an element that is there twice", expr.XML("a"), expr.Call{Body: []byte("<x><a>1</a><a>1</a></x>")}, ""},
		{"an element of the second root", expr.XML("a"), expr.Call{Body: []byte("<x></x><x><a>1</a></x>")}, ""},
		{"an element in a text", expr.XML("a"), expr.Call{Body: []byte(`{"x":"<x><a>1</a></x>"}`)}, ""},
		{"an element after a document type", expr.XML("a"), expr.Call{Body: []byte(`<!DOCTYPE x [<!ENTITY e "1">]><x><a>1</a></x>`)}, ""},
		{"an element that is cut off", expr.XML("a"), expr.Call{Body: []byte("<x><a>1</a>")}, ""},
		{"a claim", expr.Claim("Authorization", "jti"), expr.Call{Header: http.Header{"Authorization": {"bearer " + token}}}, "j1"},
		{"a claim of a bare token", expr.Claim("X-Jwt", "iat"), expr.Call{Header: http.Header{"X-Jwt": {token}}}, "7"},
		{"a claim that is a list", expr.Claim("X-Jwt", "aud"), expr.Call{Header: http.Header{"X-Jwt": {token}}}, ""},
		{"a claim of no token", expr.Claim("X-Jwt", "jti"), expr.Call{Header: http.Header{"X-Jwt": {"a.b"}}}, ""},
		{"a claim of no JSON", expr.Claim("X-Jwt", "jti"), expr.Call{Header: http.Header{"X-Jwt": {"a.b.c"}}}, ""},
		{"a segment as it is escaped", expr.PathAfter("/t/"), expr.Call{Suffix: "/t/a%2Fb"}, "a%2Fb"},
		{"a deeper segment", expr.PathAfter("/t/"), expr.Call{Suffix: "/t/a/b"}, ""},
		{"no segment", expr.PathAfter("/t/"), expr.Call{Suffix: "/t/"}, ""},
		{"another path", expr.PathAfter("/t/"), expr.Call{Suffix: "/x/t/a"}, ""},
		{"two values", expr.Join(id("a"), id("b")), expr.Call{Query: "b=2&a=1"}, "1\x002"},
		{"two values, one of which is missing", expr.Join(id("a"), id("b")), expr.Call{Query: "a=1"}, ""},
		{"the first", expr.FirstOf(id("a"), id("b")), expr.Call{Query: "b=2&a=1"}, "1"},
		{"the second", expr.FirstOf(id("a"), id("b")), expr.Call{Query: "b=2&a="}, "2"},
		{"none of two", expr.FirstOf(id("a"), id("b")), expr.Call{Query: "c=2"}, ""},
		{"nothing", expr.Expr{}, expr.Call{Body: []byte(`{"":"x"}`), Query: "=x"}, ""},
		{"two things at once", expr.Expr{Query: "a", JSON: "a"}, expr.Call{Query: "a=1"}, ""},
		{"a claim of no header", expr.Expr{Claim: "jti"}, expr.Call{Header: http.Header{"": {token}}}, ""},
	} {
		if got := test.expr.Find(test.call); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
