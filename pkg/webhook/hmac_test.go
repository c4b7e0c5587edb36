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
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
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
	hashed := sha256.Sum256(c.Body)
	form := func(p signed.Params) []signed.Part {
		p.Source = signed.InForm
		return []signed.Part{signed.SortedParams(p)}
	}
	for _, test := range []struct {
		name string
		over []signed.Part
		text string // "" where the call must be forged
	}{
		{"the body by default", nil, string(c.Body)},
		{"parts one after another", []signed.Part{signed.Lit("v0:"), signed.FromHeader("x-time"), signed.Lit(":"), signed.Body()}, "v0:7:" + string(c.Body)},
		{"a part that is not there", []signed.Part{signed.FromHeader("X-Other"), signed.Body()}, ""},
		{"a parameter and a field", []signed.Part{signed.FromQuery("a"), signed.FromForm("j")}, "/&="},
		{"something of JSON that is none", []signed.Part{signed.FromJSON("a"), signed.Body()}, ""},
		{"something of the account", []signed.Part{signed.FromAccount("app_id"), signed.Body()}, "app" + string(c.Body)},
		{"something that the account does not have", []signed.Part{signed.FromAccount("other"), signed.Body()}, ""},
		{"something that the account has twice", []signed.Part{signed.FromAccount("two"), signed.Body()}, ""},
		{"the digest as bytes", []signed.Part{signed.DigestOfBody(digest.SHA256, digest.Raw)}, string(hashed[:])},
		{"the digest in hex", []signed.Part{signed.DigestOfBody(digest.SHA256, digest.Hex)}, hex.EncodeToString(hashed[:])},
		{"the digest in base64", []signed.Part{signed.DigestOfBody(digest.SHA256, digest.Base64)}, base64.StdEncoding.EncodeToString(hashed[:])},
		{"an unknown digest", []signed.Part{signed.DigestOfBody("crc32", digest.Hex)}, ""},
		{"the URL", []signed.Part{signed.URL()}, url},
		{"the URL with its port", []signed.Part{signed.URLAnyPort()}, url},
		{"the URL without its port", []signed.Part{signed.URLAnyPort()}, strings.Replace(url, ":8443", "", 1)},
		{"the URL with a port it does not have", []signed.Part{signed.URLAnyPort()}, ""},
		{"sorted fields", form(signed.Params{}), "j&=kvkaka"},
		{"sorted fields, each once", form(signed.Params{Unique: true}), "j&=kakv"},
		{"sorted fields with signs between", form(signed.Params{Equals: "=", Between: "&", Escaped: true}), "j=%26%3D&k=v&k=a&k=a"},
		{"sorted fields with a sign before", form(signed.Params{Before: "&", Equals: "=", Replace: map[string]string{"&": "_", "=": "-"}}), "&j=_-&k=v&k=a&k=a"},
		{"sorted fields but for one", form(signed.Params{Except: []string{"k", "x"}}), "j&="},
		{"sorted parameters", []signed.Part{signed.SortedParams(signed.Params{Source: signed.InQuery, Equals: "="})}, "a=/b=2"},
		{"parameters from nowhere", []signed.Part{signed.SortedParams(signed.Params{Source: "header"}), signed.Body()}, ""},
		{"parts in the order of their bytes", []signed.Part{signed.Sorted(signed.FromQuery("b"), signed.Lit("10"), signed.FromHeader("X-Time"))}, "1027"},
		{"no part", []signed.Part{{}}, ""},
		{"the secret", []signed.Part{signed.Body(), signed.TheSecret()}, ""},
	} {
		h := proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex, Over: test.over}
		made := c
		made.Header = c.Header.Clone()
		made.Header.Set("X-Signature", hex.EncodeToString(sum("k", test.text)))
		want := webhook.Authentic
		if test.text == "" {
			want = webhook.Forged
		}
		if got := (webhook.Policy{Verify: h}).Check(made, webhook.Secrets{"key": {"k"}, "app_id": {"app"}, "two": {"a", "b"}}); got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
}

func TestHowAnHMACIsWritten(t *testing.T) {
	t.Parallel()
	const body, key = "body", "key"
	right := sum(key, body)
	inHex, inBase64 := hex.EncodeToString(right), base64.StdEncoding.EncodeToString(right)
	h := proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex}
	change := func(f func(*proof.HMAC)) proof.HMAC { c := h; f(&c); return c }
	b64 := change(func(h *proof.HMAC) { h.Encoding = digest.Base64 })
	prefixed := change(func(h *proof.HMAC) { h.Prefix = "sha256=" })
	listed := change(func(h *proof.HMAC) { h.List = proof.List{Separator: ", ", Label: "v1="} })
	for _, test := range []struct {
		name string
		hmac proof.HMAC
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
		{"an unknown hash", change(func(h *proof.HMAC) { h.Hash = "crc32" }), inHex, webhook.Forged},
		{"another hash", change(func(h *proof.HMAC) { h.Hash = digest.SHA512 }), inHex, webhook.Forged},
		{"an unknown encoding", change(func(h *proof.HMAC) { h.Encoding = "" }), inHex, webhook.Forged},
		{"no place", change(func(h *proof.HMAC) { h.Header = "" }), inHex, webhook.Unsigned},
		{"no field", change(func(h *proof.HMAC) { h.Secret = "" }), inHex, webhook.Forged},
		{"the zero value", proof.HMAC{}, inHex, webhook.Unsigned},
		{"a key in hex", change(func(h *proof.HMAC) { h.Key, h.Secret = proof.Key{Encoding: digest.Hex}, "in_hex" }), inHex, webhook.Authentic},
		{"a key with what is not part of it", change(func(h *proof.HMAC) {
			h.Key, h.Secret = proof.Key{Encoding: digest.Base64, Strip: "k_"}, "in_base64"
		}), inHex, webhook.Authentic},
		{"a key that is not written so", change(func(h *proof.HMAC) { h.Key = proof.Key{Encoding: digest.Hex} }), inHex, webhook.Forged},
		{"a condition that holds", change(func(h *proof.HMAC) { h.Only = []expr.Condition{expr.MethodIs("POST")} }), inHex, webhook.Authentic},
		{"a condition that does not", change(func(h *proof.HMAC) { h.Only = []expr.Condition{expr.MethodIs("PUT")} }), inHex, webhook.Forged},
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
	for _, key := range []proof.Key{{}, {Strip: "whsec_"}, {Encoding: digest.Base64, Strip: "whsec_"}, {Encoding: digest.Hex}} {
		p := webhook.Policy{Verify: proof.HMAC{Hash: digest.SHA256, Secret: "key", Key: key, Header: "X-Signature", Encoding: digest.Hex}}
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
	hashed := sha256.Sum256([]byte("body"))
	c := webhook.Call{Method: http.MethodPost, Header: http.Header{"X-Signature": {hex.EncodeToString(hashed[:])}}, Body: []byte("body")}
	for _, over := range [][]signed.Part{nil, {signed.Body()}, {signed.Body(), {}}} {
		p := webhook.Policy{Verify: proof.Hash{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex, Over: over}}
		if got := p.Check(c, webhook.Secrets{"key": {"k"}}); got == webhook.Authentic {
			t.Errorf("%+v admits", over)
		}
	}
}
