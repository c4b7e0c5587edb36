package webhook

import (
	"errors"
	"net/http"
	"testing"
)

// What Sign makes the policy admits, and nobody with other secrets would.
func TestSignedCallsAreAdmitted(t *testing.T) {
	secrets := Secrets{"key": {"", "S3CRET", "old"}, "user": {"ana"}, "app": {"7"}}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	json := http.Header{"Content-Type": {"application/json"}}
	const base = "https://bridge.example.com/webhooks/toy/channel"
	for name, test := range map[string]struct {
		scheme Scheme
		header http.Header
		suffix string
		query  string
		body   string
	}{
		"a token in a header":          {Token{Header: "X-Key", Secret: "key"}, json, "", "", `{}`},
		"a bearer token":               {Token{Bearer: true, Secret: "key"}, json, "/a", "", `{}`},
		"a password":                   {Token{Basic: true, User: "user", Secret: "key"}, json, "", "", `{}`},
		"a token in the query":         {Token{Query: "token", Secret: "key"}, json, "", "a=b", `{}`},
		"a token in the path":          {Token{Path: true, Secret: "key"}, json, "", "a=b", `{}`},
		"an HMAC of the body":          {HMAC{Hash: SHA256, Secret: "key", Header: "X-Sig", Prefix: "sha256=", Encoding: Hex}, json, "", "", `{"a":1}`},
		"an HMAC in a list":            {HMAC{Hash: SHA256, Secret: "key", Header: "X-Sig", List: List{Separator: " ", Label: "v1,"}, Encoding: Base64}, json, "", "", `{"a":1}`},
		"an HMAC of address and query": {HMAC{Hash: SHA1, Secret: "key", Header: "X-Sig", Encoding: Base64, Over: []Part{URL(), Lit("."), FromQuery("t"), Body()}}, form, "/x", "t=5", "a=b"},
		"an HMAC in the query":         {HMAC{Hash: SHA256, Secret: "key", Sent: Query("sig"), Encoding: Hex}, json, "", "t=5", `{}`},
		"a hash with the secret in it": {Hash{Hash: SHA256, Secret: "key", Header: "X-Sig", Encoding: Hex, Over: []Part{FromAccount("app"), Body(), TheSecret()}}, json, "", "", `{}`},
		"the second of two":            {AnyOf{HMAC{Hash: SHA256, Secret: "none", Header: "X-Sig", Encoding: Hex}, Token{Bearer: true, Secret: "key"}}, json, "", "", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			p := Policy{Verify: test.scheme}
			call := Call{Method: http.MethodPost, Suffix: test.suffix, Query: test.query, Header: test.header, Body: []byte(test.body)}
			call.URL = base + test.suffix + question(test.query)
			before := len(test.header)
			signed, err := p.Sign(call, secrets)
			if err != nil {
				t.Fatal(err)
			}
			if signed.URL != base+signed.Suffix+question(signed.Query) {
				t.Errorf("the address is not what was called: %s", signed.URL)
			}
			if cause := p.Check(call, secrets); cause == Authentic || len(test.header) != before {
				t.Error("the call that was given is signed itself")
			}
			if cause := p.Check(signed, Secrets{"key": {"x"}, "user": {"ana"}, "app": {"7"}}); cause == Authentic {
				t.Error("another secret admits it")
			}
		})
	}
}

func TestWhatOnlyTheNetworkCanSign(t *testing.T) {
	call := Call{Method: http.MethodPost, URL: "https://bridge.example.com", Body: []byte(`{}`)}
	for name, p := range map[string]Policy{
		"a signature of a private key": {Verify: Signature{Algorithm: Ed25519, Key: "public_key", Header: "X-S", Encoding: Hex}},
		"no secret":                    {Verify: Token{Header: "X-Key", Secret: "none"}},
		"what is signed is not there":  {Verify: HMAC{Hash: SHA256, Secret: "key", Header: "X-Sig", Encoding: Hex, Over: []Part{FromHeader("T"), Body()}}},
		"another method":               {Verify: Token{Header: "X-Key", Secret: "key"}, Methods: []string{http.MethodPut}},
		"nothing":                      {},
	} {
		if _, err := p.Sign(call, Secrets{"key": {"S3CRET"}, "public_key": {"00"}}); !errors.Is(err, ErrNotSignable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
