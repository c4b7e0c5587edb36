package webhook

import (
	"errors"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// What Sign makes the policy admits, and nobody with other secrets would.
func TestSignedCallsAreAdmitted(t *testing.T) {
	secrets := Secrets{"key": {"", "S3CRET", "old"}, "user": {"ana"}, "app": {"7"}}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	json := http.Header{"Content-Type": {"application/json"}}
	const base = "https://bridge.example.com/webhooks/toy/channel"
	for name, test := range map[string]struct {
		scheme proof.Scheme
		header http.Header
		suffix string
		query  string
		body   string
	}{
		"a token in a header":          {proof.Token{Header: "X-Key", Secret: "key"}, json, "", "", `{}`},
		"a bearer token":               {proof.Token{Bearer: true, Secret: "key"}, json, "/a", "", `{}`},
		"a password":                   {proof.Token{Basic: true, User: "user", Secret: "key"}, json, "", "", `{}`},
		"a token in the query":         {proof.Token{Query: "token", Secret: "key"}, json, "", "a=b", `{}`},
		"a token in the path":          {proof.Token{Path: true, Secret: "key"}, json, "", "a=b", `{}`},
		"an HMAC of the body":          {proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Sig", Prefix: "sha256=", Encoding: digest.Hex}, json, "", "", `{"a":1}`},
		"an HMAC in a list":            {proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Sig", List: proof.List{Separator: " ", Label: "v1,"}, Encoding: digest.Base64}, json, "", "", `{"a":1}`},
		"an HMAC of address and query": {proof.HMAC{Hash: digest.SHA1, Secret: "key", Header: "X-Sig", Encoding: digest.Base64, Over: []signed.Part{signed.URL(), signed.Lit("."), signed.FromQuery("t"), signed.Body()}}, form, "/x", "t=5", "a=b"},
		"an HMAC in the query":         {proof.HMAC{Hash: digest.SHA256, Secret: "key", Sent: expr.Query("sig"), Encoding: digest.Hex}, json, "", "t=5", `{}`},
		"a hash with the secret in it": {proof.Hash{Hash: digest.SHA256, Secret: "key", Header: "X-Sig", Encoding: digest.Hex, Over: []signed.Part{signed.FromAccount("app"), signed.Body(), signed.TheSecret()}}, json, "", "", `{}`},
		"the second of two":            {proof.AnyOf{proof.HMAC{Hash: digest.SHA256, Secret: "none", Header: "X-Sig", Encoding: digest.Hex}, proof.Token{Bearer: true, Secret: "key"}}, json, "", "", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			p := Policy{Verify: test.scheme}
			call := Call{Method: http.MethodPost, Suffix: test.suffix, Query: test.query, Header: test.header, Body: []byte(test.body)}
			call.URL = base + test.suffix + question(test.query)
			before := len(test.header)
			made, err := p.Sign(call, secrets)
			if err != nil {
				t.Fatal(err)
			}
			if made.URL != base+made.Suffix+question(made.Query) {
				t.Errorf("the address is not what was called: %s", made.URL)
			}
			if cause := p.Check(call, secrets); cause == Authentic || len(test.header) != before {
				t.Error("the call that was given is signed itself")
			}
			if cause := p.Check(made, Secrets{"key": {"x"}, "user": {"ana"}, "app": {"7"}}); cause == Authentic {
				t.Error("another secret admits it")
			}
		})
	}
}

func TestWhatOnlyTheNetworkCanSign(t *testing.T) {
	call := Call{Method: http.MethodPost, URL: "https://bridge.example.com", Body: []byte(`{}`)}
	for name, p := range map[string]Policy{
		"a signature of a private key": {Verify: proof.Signature{Algorithm: proof.Ed25519, Key: "public_key", Header: "X-S", Encoding: digest.Hex}},
		"no secret":                    {Verify: proof.Token{Header: "X-Key", Secret: "none"}},
		"what is signed is not there":  {Verify: proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Sig", Encoding: digest.Hex, Over: []signed.Part{signed.FromHeader("T"), signed.Body()}}},
		"another method":               {Verify: proof.Token{Header: "X-Key", Secret: "key"}, Methods: []string{http.MethodPut}},
		"nothing":                      {},
	} {
		if _, err := p.Sign(call, Secrets{"key": {"S3CRET"}, "public_key": {"00"}}); !errors.Is(err, ErrNotSignable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func question(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}
