package webhook_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/webhooktest"
)

const botKeys = "https://login.botframework.com/v1/.well-known/openidconfiguration"

// https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
var botFramework = webhook.Policy{
	Verify: proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.RS256}, Issuer: "https://api.botframework.com", Expires: true, Leeway: 5 * time.Minute,
		Keys: proof.KeySet{URL: botKeys, Endorsed: expr.JSON("channelId")},
		Claims: []proof.ClaimIs{
			{Claim: "aud", Account: "app_id"}, {Claim: "serviceurl", Value: expr.JSON("serviceUrl")},
		},
	},
	Dedupe: expr.JSON("id"),
}

// https://developers.google.com/workspace/chat/verify-requests-from-chat
var googleChat = webhook.Policy{
	Verify: proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.RS256, proof.ES256}, Issuer: "https://accounts.google.com", Expires: true,
		Keys:   proof.KeySet{URL: "https://www.googleapis.com/oauth2/v3/certs"},
		Claims: []proof.ClaimIs{{Claim: "aud", URL: true}, {Claim: "email", Equal: "chat@system.gserviceaccount.com"}},
	},
}

// publish is a public key as a service publishes it.
func publish(t testing.TB, id string, private crypto.Signer, endorsements ...string) proof.PublicKey {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return proof.PublicKey{ID: id, SPKI: base64.StdEncoding.EncodeToString(der), Endorsements: endorsements}
}

func tokenOf(t testing.TB, method jwt.SigningMethod, kid string, key any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = kid
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestATokenByTheVendorsKeysAdmits(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := asIngressHasIt(t, botFramework.WithKeys(map[string][]proof.PublicKey{botKeys: {publish(t, "old", stranger, "msteams"), publish(t, "k1", key, "msteams", "webchat")}}))
	account := door(t, p, `{"app_id":"app-1","app_password":"hunter2"}`)
	if account["app_password"] != nil {
		t.Error("the door has the app's password")
	}
	const body = `{"type":"message","id":"1","channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/"}`
	claims := func(change ...any) jwt.MapClaims {
		c := jwt.MapClaims{"iss": "https://api.botframework.com", "aud": "app-1", "serviceurl": "https://smba.trafficmanager.net/emea/", "exp": now + 600, "nbf": now - 60}
		for i := 0; i < len(change); i += 2 {
			if c[change[i].(string)] = change[i+1]; change[i+1] == nil {
				delete(c, change[i].(string))
			}
		}
		return c
	}
	right := tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims())
	hmacKey, err := base64.StdEncoding.DecodeString(publish(t, "k1", key).SPKI)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, token, body string
		want              webhook.Cause
	}{
		{"right", right, body, webhook.Authentic},
		{"another body for the same service", right, strings.Replace(body, `"1"`, `"2"`, 1), webhook.Authentic},
		{"another service", right, strings.Replace(body, "emea", "apac", 1), webhook.Forged},
		{"no service", right, `{"channelId":"msteams"}`, webhook.Forged},
		{"a channel that the key is not endorsed for", right, strings.Replace(body, "msteams", "slack", 1), webhook.Forged},
		{"no channel", right, strings.Replace(body, "channelId", "channel", 1), webhook.Forged},
		{"another app", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("aud", "app-2")), body, webhook.Forged},
		{"no app", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("aud", nil)), body, webhook.Forged},
		{"another issuer", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("iss", "https://example.com")), body, webhook.Forged},
		{"expired", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("exp", now-301)), body, webhook.Stale},
		{"within the leeway", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("exp", now-299)), body, webhook.Authentic},
		{"not yet", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("nbf", now+301)), body, webhook.Stale},
		{"without an end", tokenOf(t, jwt.SigningMethodRS256, "k1", key, claims("exp", nil)), body, webhook.Forged},
		{"by a stranger", tokenOf(t, jwt.SigningMethodRS256, "k1", stranger, claims()), body, webhook.Forged},
		{"by another of the keys", tokenOf(t, jwt.SigningMethodRS256, "old", key, claims()), body, webhook.Forged},
		{"by a key that nobody published", tokenOf(t, jwt.SigningMethodRS256, "k2", key, claims()), body, webhook.Forged},
		{"by no key", tokenOf(t, jwt.SigningMethodRS256, "", key, claims()), body, webhook.Forged},
		{"by another algorithm", tokenOf(t, jwt.SigningMethodRS512, "k1", key, claims()), body, webhook.Forged},
		{"with the public key as a secret", tokenOf(t, jwt.SigningMethodHS256, "k1", hmacKey, claims()), body, webhook.Forged},
		{"by none", tokenOf(t, jwt.SigningMethodNone, "k1", jwt.UnsafeAllowNoneSignatureType, claims()), body, webhook.Forged},
		{"changed", right[:len(right)-10] + "AAAAAAAAAA", body, webhook.Forged},
		{"no token", "", body, webhook.Forged},
	} {
		c := ask("POST", "", "", test.body, "Authorization", "Bearer "+test.token)
		if got := p.Check(c, account); got != test.want {
			t.Errorf("%s: %q, want %q: %s", test.name, got, test.want, p.Explain(c, account))
		}
		if head := p.CheckHead(c, account); head != webhook.Authentic && head != test.want {
			t.Errorf("%s: %q by its head", test.name, head)
		}
		if p.Check(c, webhook.Secrets{}) == webhook.Authentic || botFramework.Check(c, account) == webhook.Authentic {
			t.Errorf("%s: admitted without an account, or without keys", test.name)
		}
	}
	if got := p.Check(ask("POST", "", "", body), account); got != webhook.Unsigned {
		t.Errorf("without a token: %q", got)
	}
}

func TestATokenForOurAddressAdmits(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := asIngressHasIt(t, googleChat.WithKeys(map[string][]proof.PublicKey{googleChat.KeySets()[0]: {publish(t, "e1", key)}}))
	const url = "https://bridge.example.com/webhooks/googlechat/A"
	for audience, want := range map[string]webhook.Cause{url: webhook.Authentic, "https://bridge.example.com/webhooks/googlechat/B": webhook.Forged} {
		c := ask("POST", "", "", "{}", "Authorization", "Bearer "+tokenOf(t, jwt.SigningMethodES256, "e1", key, jwt.MapClaims{
			"iss": "https://accounts.google.com", "aud": audience, "email": "chat@system.gserviceaccount.com", "exp": now + 600,
		}))
		c.URL = url + "?a=b"
		if got := p.Check(c, webhook.Secrets{}); got != want {
			t.Errorf("%s: %q, want %q", audience, got, want)
		}
	}
}

// TestRefusingATokenByKeysIsCheap runs alone: it measures what is allocated.
func TestRefusingATokenByKeysIsCheap(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	p := botFramework.WithKeys(map[string][]proof.PublicKey{botKeys: {publish(t, "k1", key, "msteams")}})
	webhooktest.RefusalsAreCheap(t, p, webhook.Secrets{"app_id": {"app-1"}})
}

func TestMistakesInKeys(t *testing.T) {
	t.Parallel()
	good := botFramework.Verify.(proof.JWT)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		change func(*proof.JWT)
		want   string
	}{
		{"a secret too", func(j *proof.JWT) { j.Secret = "s" }, "jwt: exactly one of secret and keys"},
		{"neither", func(j *proof.JWT) { j.Keys = proof.KeySet{} }, "jwt: secret is required"},
		{"an algorithm with secrets", func(j *proof.JWT) { j.Algorithms = append(j.Algorithms[:1:1], proof.HS256) }, `algorithm "HS256" is not one with public keys`},
		{"no address", func(j *proof.JWT) { j.Keys.URL = "" }, "keys: url is where"},
		{"an address that is none", func(j *proof.JWT) { j.Keys.URL = "keys.json" }, "keys: url is where"},
		{"nothing of ours", func(j *proof.JWT) { j.Claims = j.Claims[1:] }, "claims: with keys, one is compared with the account or the URL"},
		{"a claim of two things", func(j *proof.JWT) {
			j.Claims = append(j.Claims[:1:1], proof.ClaimIs{Claim: "x", Equal: "y", URL: true})
		}, "claims[1]: a claim is compared with exactly one thing"},
		{"a claim of a value that is none", func(j *proof.JWT) {
			j.Claims = append(j.Claims[:1:1], proof.ClaimIs{Claim: "x", Value: expr.JSON("a..b")})
		}, "claims[1]: value: json"},
		{"an endorsement of two things", func(j *proof.JWT) { j.Keys.Endorsed = expr.Expr{JSON: "a", Query: "b"} }, "keys: endorsed: looks in 2 places"},
		{"a key that is too small", func(j *proof.JWT) { j.Keys.Published = []proof.PublicKey{publish(t, "s", small)} }, `published: key "s" is of a kind that is not taken`},
		{"a key that is none", func(j *proof.JWT) { j.Keys.Published = []proof.PublicKey{{ID: "x", SPKI: "eA=="}} }, `published: key "x" is no public key`},
		{"a key without a name", func(j *proof.JWT) { j.Keys.Published = []proof.PublicKey{{}} }, "published: a key has no kid"},
	} {
		j := good
		test.change(&j)
		p := webhook.Policy{Verify: j}
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	// an ingress of an earlier version knows nothing of keys: it refuses the whole
	data, err := json.Marshal(botFramework)
	if err != nil || !strings.Contains(string(data), `"keys":{"url"`) {
		t.Errorf("%s, %v", data, err)
	}
}
