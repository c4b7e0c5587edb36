package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
)

// sum is an HMAC made another way than by the package.
func sum(key, text string) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func TestWhatAnHMACIsMadeOver(t *testing.T) {
	t.Parallel()
	const url = "https://[::1]:8443/webhooks/toy/A/x?b=2&a=%2F"
	c := webhook.Call{
		Method: http.MethodPost, URL: url, Query: "b=2&a=%2F", Suffix: "/x", Body: []byte("k=v&k=a&k=a&j=%26%3D"),
		Header: http.Header{"Content-Type": {formType}, "X-Time": {"7"}},
	}
	digest := sha256.Sum256(c.Body)
	form := func(p webhook.Params) []webhook.Part {
		p.Source = webhook.InForm
		return []webhook.Part{webhook.SortedParams(p)}
	}
	for _, test := range []struct {
		name string
		over []webhook.Part
		text string // "" where the call must be forged
	}{
		{"the body by default", nil, string(c.Body)},
		{"parts one after another", []webhook.Part{webhook.Lit("v0:"), webhook.FromHeader("x-time"), webhook.Lit(":"), webhook.Body()}, "v0:7:" + string(c.Body)},
		{"a part that is not there", []webhook.Part{webhook.FromHeader("X-Other"), webhook.Body()}, ""},
		{"a parameter and a field", []webhook.Part{webhook.FromQuery("a"), webhook.FromForm("j")}, "/&="},
		{"something of JSON that is none", []webhook.Part{webhook.FromJSON("a"), webhook.Body()}, ""},
		{"something of the account", []webhook.Part{webhook.FromAccount("app_id"), webhook.Body()}, "app" + string(c.Body)},
		{"something that the account does not have", []webhook.Part{webhook.FromAccount("other"), webhook.Body()}, ""},
		{"something that the account has twice", []webhook.Part{webhook.FromAccount("two"), webhook.Body()}, ""},
		{"the digest as bytes", []webhook.Part{webhook.DigestOfBody(webhook.SHA256, webhook.Raw)}, string(digest[:])},
		{"the digest in hex", []webhook.Part{webhook.DigestOfBody(webhook.SHA256, webhook.Hex)}, hex.EncodeToString(digest[:])},
		{"the digest in base64", []webhook.Part{webhook.DigestOfBody(webhook.SHA256, webhook.Base64)}, base64.StdEncoding.EncodeToString(digest[:])},
		{"an unknown digest", []webhook.Part{webhook.DigestOfBody("crc32", webhook.Hex)}, ""},
		{"the URL", []webhook.Part{webhook.URL()}, url},
		{"the URL with its port", []webhook.Part{webhook.URLAnyPort()}, url},
		{"the URL without its port", []webhook.Part{webhook.URLAnyPort()}, strings.Replace(url, ":8443", "", 1)},
		{"the URL with a port it does not have", []webhook.Part{webhook.URLAnyPort()}, ""},
		{"sorted fields", form(webhook.Params{}), "j&=kvkaka"},
		{"sorted fields, each once", form(webhook.Params{Unique: true}), "j&=kakv"},
		{"sorted fields with signs between", form(webhook.Params{Equals: "=", Between: "&", Escaped: true}), "j=%26%3D&k=v&k=a&k=a"},
		{"sorted fields with a sign before", form(webhook.Params{Before: "&", Equals: "=", Replace: map[string]string{"&": "_", "=": "-"}}), "&j=_-&k=v&k=a&k=a"},
		{"sorted fields but for one", form(webhook.Params{Except: []string{"k", "x"}}), "j&="},
		{"sorted parameters", []webhook.Part{webhook.SortedParams(webhook.Params{Source: webhook.InQuery, Equals: "="})}, "a=/b=2"},
		{"parameters from nowhere", []webhook.Part{webhook.SortedParams(webhook.Params{Source: "header"}), webhook.Body()}, ""},
		{"parts in the order of their bytes", []webhook.Part{webhook.Sorted(webhook.FromQuery("b"), webhook.Lit("10"), webhook.FromHeader("X-Time"))}, "1027"},
		{"no part", []webhook.Part{{}}, ""},
		{"the secret", []webhook.Part{webhook.Body(), webhook.TheSecret()}, ""},
	} {
		h := webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Header: "X-Signature", Encoding: webhook.Hex, Over: test.over}
		signed := c
		signed.Header = c.Header.Clone()
		signed.Header.Set("X-Signature", hex.EncodeToString(sum("k", test.text)))
		want := webhook.Authentic
		if test.text == "" {
			want = webhook.Forged
		}
		if got := (webhook.Policy{Verify: h}).Check(signed, webhook.Secrets{"key": {"k"}, "app_id": {"app"}, "two": {"a", "b"}}); got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
}

func TestHowAnHMACIsWritten(t *testing.T) {
	t.Parallel()
	const body, key = "body", "key"
	right := sum(key, body)
	inHex, inBase64 := hex.EncodeToString(right), base64.StdEncoding.EncodeToString(right)
	h := webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Header: "X-Signature", Encoding: webhook.Hex}
	change := func(f func(*webhook.HMAC)) webhook.HMAC { c := h; f(&c); return c }
	b64 := change(func(h *webhook.HMAC) { h.Encoding = webhook.Base64 })
	prefixed := change(func(h *webhook.HMAC) { h.Prefix = "sha256=" })
	listed := change(func(h *webhook.HMAC) { h.List = webhook.List{Separator: ", ", Label: "v1="} })
	for _, test := range []struct {
		name string
		hmac webhook.HMAC
		sent string
		want webhook.Cause
	}{
		{"hex", h, inHex, webhook.Authentic},
		{"hex in capitals", h, strings.ToUpper(inHex), webhook.Authentic},
		{"hex for base64", b64, inHex, webhook.Forged},
		{"base64", b64, inBase64, webhook.Authentic},
		{"base64 for hex", h, inBase64, webhook.Forged},
		{"base64 without padding", b64, strings.TrimRight(inBase64, "="), webhook.Forged},
		{"base64 with a line break", b64, inBase64[:8] + "\n" + inBase64[8:], webhook.Forged},
		{"base64 with other bits at its end", b64, strings.TrimSuffix(inBase64, "=")[:42] + string(inBase64[42]+1) + "=", webhook.Forged},
		{"a prefix", prefixed, "sha256=" + inHex, webhook.Authentic},
		{"a missing prefix", prefixed, inHex, webhook.Forged},
		{"another prefix", prefixed, "sha1=" + inHex, webhook.Forged},
		{"a prefix in capitals", prefixed, "SHA256=" + inHex, webhook.Forged},
		{"nothing but the prefix", prefixed, "sha256=", webhook.Forged},
		{"one of a list", listed, "v0=" + inHex + ", v1=00, v1=" + inHex, webhook.Authentic},
		{"a list of other versions", listed, "v0=" + inHex + ", v2=" + inHex, webhook.Forged},
		{"a list without labels", listed, inHex, webhook.Forged},
		{"a list of nothing", listed, ", ", webhook.Forged},
		{"half of it", h, inHex[:32], webhook.Forged},
		{"more than it", h, inHex + "00", webhook.Forged},
		{"nothing", h, "", webhook.Unsigned},
		{"an unknown hash", change(func(h *webhook.HMAC) { h.Hash = "crc32" }), inHex, webhook.Forged},
		{"another hash", change(func(h *webhook.HMAC) { h.Hash = webhook.SHA512 }), inHex, webhook.Forged},
		{"an unknown encoding", change(func(h *webhook.HMAC) { h.Encoding = "" }), inHex, webhook.Forged},
		{"no place", change(func(h *webhook.HMAC) { h.Header = "" }), inHex, webhook.Unsigned},
		{"no field", change(func(h *webhook.HMAC) { h.Secret = "" }), inHex, webhook.Forged},
		{"the zero value", webhook.HMAC{}, inHex, webhook.Unsigned},
		{"a key in hex", change(func(h *webhook.HMAC) { h.Key, h.Secret = webhook.Key{Encoding: webhook.Hex}, "in_hex" }), inHex, webhook.Authentic},
		{"a key with what is not part of it", change(func(h *webhook.HMAC) {
			h.Key, h.Secret = webhook.Key{Encoding: webhook.Base64, Strip: "k_"}, "in_base64"
		}), inHex, webhook.Authentic},
		{"a key that is not written so", change(func(h *webhook.HMAC) { h.Key = webhook.Key{Encoding: webhook.Hex} }), inHex, webhook.Forged},
		{"a condition that holds", change(func(h *webhook.HMAC) { h.Only = []webhook.Condition{webhook.MethodIs("POST")} }), inHex, webhook.Authentic},
		{"a condition that does not", change(func(h *webhook.HMAC) { h.Only = []webhook.Condition{webhook.MethodIs("PUT")} }), inHex, webhook.Forged},
	} {
		c := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Body: []byte(body)}
		if test.sent != "" {
			c.Header.Set("X-Signature", test.sent)
		}
		s := webhook.Secrets{"key": {key}, "": {key}, "in_hex": {hex.EncodeToString([]byte(key))}, "in_base64": {"k_" + base64.StdEncoding.EncodeToString([]byte(key))}}
		if got := (webhook.Policy{Verify: test.hmac}).Check(c, s); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// An empty key would be one that everybody knows.
func TestAnEmptyKeyAdmitsNobody(t *testing.T) {
	t.Parallel()
	c := webhook.Call{Method: http.MethodPost, Header: http.Header{"X-Signature": {hex.EncodeToString(sum("", "body"))}}, Body: []byte("body")}
	for _, key := range []webhook.Key{{}, {Strip: "whsec_"}, {Encoding: webhook.Base64, Strip: "whsec_"}, {Encoding: webhook.Hex}} {
		p := webhook.Policy{Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Key: key, Header: "X-Signature", Encoding: webhook.Hex}}
		for _, secret := range []string{"", "whsec_"} {
			if got := p.Check(c, webhook.Secrets{"key": {secret}}); got == webhook.Authentic && key.Strip != "" || got == webhook.Authentic && secret == "" {
				t.Errorf("%+v: the secret %q admits", key, secret)
			}
		}
	}
}

// A hash of what everybody knows proves nothing.
func TestAHashWithoutTheSecretAdmitsNobody(t *testing.T) {
	t.Parallel()
	digest := sha256.Sum256([]byte("body"))
	c := webhook.Call{Method: http.MethodPost, Header: http.Header{"X-Signature": {hex.EncodeToString(digest[:])}}, Body: []byte("body")}
	for _, over := range [][]webhook.Part{nil, {webhook.Body()}, {webhook.Body(), {}}} {
		p := webhook.Policy{Verify: webhook.Hash{Hash: webhook.SHA256, Secret: "key", Header: "X-Signature", Encoding: webhook.Hex, Over: over}}
		if got := p.Check(c, webhook.Secrets{"key": {"k"}}); got == webhook.Authentic {
			t.Errorf("%+v admits", over)
		}
	}
}
