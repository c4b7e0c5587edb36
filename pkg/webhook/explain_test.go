package webhook_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// Why a call is refused is told by what is wrong with it, one thing at a time.
func TestWhyACallIsRefused(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-of-the-app"
	body := `{"at": 1700000000, "id": "7"}`
	sign := func(text string) string { return "sha256=" + hex.EncodeToString(sum(secret, text)) }
	hmac := proof.HMAC{
		Hash: digest.SHA256, Secret: "app_secret", Header: "X-Signature", Prefix: "sha256=", Encoding: digest.Hex,
		Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("X-Id"), signed.Body()}, Only: []expr.Condition{expr.HasNot(expr.Query("test"))},
	}
	right := func() (webhook.Policy, webhook.Call, webhook.Secrets) {
		p := webhook.Policy{Verify: hmac, Freshness: webhook.Freshness{At: expr.JSON("at"), Past: 5 * time.Minute}}
		c := webhook.Call{Method: http.MethodPost, Header: http.Header{"X-Id": {"i"}, "X-Signature": {sign("v0:i" + body)}}, Body: []byte(body), AcceptedAt: time.Unix(1_700_000_060, 0)}
		return p, c, webhook.Secrets{"app_secret": {secret}, "hook_token": {"t0ken-of-the-hook"}, "user": {"me"}}
	}
	token := func(scheme proof.Token) func(*webhook.Policy, *webhook.Call, webhook.Secrets) {
		return func(p *webhook.Policy, _ *webhook.Call, _ webhook.Secrets) {
			scheme.Secret = "hook_token"
			*p = webhook.Policy{Verify: scheme}
		}
	}
	with := func(name string, values ...string) func(*webhook.Policy, *webhook.Call, webhook.Secrets) {
		return func(_ *webhook.Policy, c *webhook.Call, _ webhook.Secrets) { c.Header[name] = values }
	}
	jwt := func(claims, key string) func(*webhook.Policy, *webhook.Call, webhook.Secrets) {
		return func(p *webhook.Policy, c *webhook.Call, _ webhook.Secrets) {
			*p = webhook.Policy{Verify: proof.JWT{
				Bearer: true, Algorithms: []proof.Algorithm{proof.HS256}, Secret: "app_secret", MaxAge: time.Minute, BodyHash: "hash", Issuer: "us",
			}}
			c.Header.Set("Authorization", "Bearer "+jwtOf(json.RawMessage(`{"alg":"HS256"}`), json.RawMessage(claims), key))
		}
	}
	type change = func(*webhook.Policy, *webhook.Call, webhook.Secrets)
	for _, test := range []struct {
		name    string
		changes []change
		want    string
	}{
		{"not at all", nil, ""},
		{"no signature", []change{with("X-Signature")}, "unsigned: the header X-Signature is not there"},
		{"two signatures", []change{with("X-Signature", "a", "b")}, "forged: the header X-Signature is there 2 times"},
		{"not written as one", []change{with("X-Signature", "sha1=00")}, `forged: the header X-Signature is not written as a signature: hex of 32 bytes after "sha256="`},
		{"another text", []change{func(_ *webhook.Policy, c *webhook.Call, _ webhook.Secrets) { c.Body = []byte(body + " ") }}, "forged: the header X-Signature is not that of this call with the account's app_secret"},
		{"a part that is not there", []change{with("X-Id")}, `forged: Over[1] is not there: {"value":{"header":"X-Id"}}`},
		{"a condition", []change{func(_ *webhook.Policy, c *webhook.Call, _ webhook.Secrets) { c.Query = "test=1" }}, "forged: the condition Only[0] does not hold"},
		{"an empty field", []change{func(_ *webhook.Policy, _ *webhook.Call, s webhook.Secrets) { s["app_secret"] = []string{""} }}, "forged: the account's app_secret is empty"},
		{"too old", []change{func(_ *webhook.Policy, c *webhook.Call, _ webhook.Secrets) {
			c.AcceptedAt = c.AcceptedAt.Add(time.Hour)
		}}, "stale: it was signed 1h1m0s before it came"},
		{"no time", []change{func(p *webhook.Policy, _ *webhook.Call, _ webhook.Secrets) { p.Freshness.At = expr.JSON("when") }}, `stale: no time is found at Freshness.At ({"json":"when"})`},
		{"no replay key", []change{func(p *webhook.Policy, _ *webhook.Call, _ webhook.Secrets) {
			p.Replay = webhook.Replay{Key: expr.JSON("nonce"), Keep: time.Hour}
		}}, `forged: the credential is right, but nothing is found at Replay.Key ({"json":"nonce"})`},
		{"a method", []change{func(_ *webhook.Policy, c *webhook.Call, _ webhook.Secrets) { c.Method = http.MethodPut }}, "method: calls by PUT are not taken"},
		{"too large", []change{func(p *webhook.Policy, _ *webhook.Call, _ webhook.Secrets) { p.MaxBody = 3 }}, "too_large: the body has 29 bytes, and MaxBody is 3"},
		{"compressed", []change{with("Content-Encoding", "gzip")}, "encoded: the body is compressed"},
		{"a handshake", []change{func(p *webhook.Policy, c *webhook.Call, _ webhook.Secrets) {
			p.Handshakes = []webhook.Handshake{{When: []expr.Condition{expr.MethodIs("GET")}, Token: expr.Query("verify"), Secret: "hook_token"}}
			c.Method, c.Query = "GET", "verify=wrong"
		}}, "forged: the handshake does not prove that it knows the account's hook_token"},
		{"no scheme", []change{func(p *webhook.Policy, _ *webhook.Call, _ webhook.Secrets) { p.Verify = nil }}, "forged: the policy has no scheme"},

		{"a header's token", []change{token(proof.Token{Header: "X-Key"}), with("X-Key", "other")}, "forged: the header X-Key holds another text than the account's hook_token"},
		{"no bearer", []change{token(proof.Token{Bearer: true}), with("Authorization", "Basic x")}, `forged: the header Authorization does not begin with "Bearer "`},
		{"no basic", []change{token(proof.Token{Basic: true}), with("Authorization", "Bearer x")}, `forged: the header Authorization does not begin with "Basic "`},
		{"another user", []change{token(proof.Token{Basic: true, User: "user"}), with("Authorization", basic("you", "t0ken-of-the-hook"))}, "forged: the header Authorization holds another name and password"},
		{"a query's token", []change{token(proof.Token{Query: "t"})}, "unsigned: the query's parameter t is not there"},
		{"a path's token", []change{token(proof.Token{Path: true})}, "unsigned: what follows the channel's address is not there"},
		{"either", []change{func(p *webhook.Policy, c *webhook.Call, _ webhook.Secrets) {
			p.Verify = proof.AnyOf{hmac, proof.Token{Header: "X-Key", Secret: "hook_token"}}
			c.Header = http.Header{}
		}}, "unsigned: scheme [0] (proof.HMAC): the header X-Signature is not there; scheme [1] (proof.Token): the header X-Key is not there"},

		{"no token", []change{jwt("{}", secret), with("Authorization")}, "unsigned: the header Authorization is not there"},
		{"another key", []change{jwt(`{"iss": "us"}`, "other")}, "forged: the header Authorization holds no token that is signed with the account's app_secret by HS256"},
		{"another issuer", []change{jwt(`{"iss": "them"}`, secret)}, "forged: token has invalid issuer"},
		{"expired", []change{jwt(`{"iss": "us", "exp": 1600000000}`, secret)}, "stale: token is expired"},
		{"another body", []change{jwt(`{"iss": "us", "iat": 1700000000, "hash": "00"}`, secret)}, "forged: the claim hash is not the SHA-256 of the body"},
		{"an old token", []change{jwt(`{"iss": "us", "iat": 1600000000, "hash": "`+hex.EncodeToString(sha(body))+`"}`, secret)}, "stale: the token was issued more than MaxAge (1m0s) before the call"},
	} {
		p, c, s := right()
		for _, f := range test.changes {
			f(&p, &c, s)
		}
		got := p.Explain(c, s)
		if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		for _, value := range slices.Concat(s["app_secret"], s["hook_token"]) {
			if value != "" && strings.Contains(got, value) {
				t.Errorf("%s: the reason holds a secret: %s", test.name, got)
			}
		}
	}
}

func sha(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
