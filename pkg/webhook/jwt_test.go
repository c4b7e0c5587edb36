package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// jwtOf makes a token by hand.
func jwtOf(header, claims any, key string) string {
	parts := make([]string, 0, 3)
	for _, part := range []any{header, claims} {
		data, _ := json.Marshal(part)
		parts = append(parts, base64.RawURLEncoding.EncodeToString(data))
	}
	signed := strings.Join(parts, ".")
	signature := sum(key, signed)
	if h, ok := header.(map[string]any); ok && h["alg"] == "HS512" {
		m := hmac.New(sha512.New, []byte(key))
		m.Write([]byte(signed))
		signature = m.Sum(nil)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestATokenIsOfThisCallAndOfNoOther(t *testing.T) {
	t.Parallel()
	const now, url = 1_700_000_000, "https://bridge.example.com/webhooks/toy/A?a=1"
	body := []byte(`{"a":1}`)
	digest := func(data string) string { d := sha256.Sum256([]byte(data)); return hex.EncodeToString(d[:]) }
	scheme := proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.HS256}, Secret: "key", Issuer: "toy", Expires: true, MaxAge: time.Minute, Leeway: 5 * time.Second,
		BodyHash: "payload_hash", OmitEmpty: true, URLHash: "url_hash",
		Claims: []proof.ClaimIs{{Claim: "app", Account: "app_id"}, {Claim: "v", Equal: "2"}},
	}
	good := map[string]any{
		"iss": "toy", "iat": now, "nbf": now, "exp": now + 60, "payload_hash": digest(string(body)), "url_hash": digest(url), "app": "app-7", "v": 2,
	}
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT"}
	with := func(change map[string]any) map[string]any {
		claims := maps.Clone(good)
		maps.Copy(claims, change)
		maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
		return claims
	}
	emptyBody := func(c *webhook.Call) { c.Body = nil }
	for _, test := range []struct {
		name   string
		token  string
		change func(*webhook.Call)
		want   webhook.Cause
	}{
		{"as it should be", jwtOf(hs256, good, "k"), nil, webhook.Authentic},
		{"another key", jwtOf(hs256, good, "x"), nil, webhook.Forged},
		{"an empty key", jwtOf(hs256, good, ""), nil, webhook.Forged},
		{"no algorithm", jwtOf(map[string]any{"alg": "none"}, good, "k"), nil, webhook.Forged},
		{"no algorithm and no signature", strings.Join(strings.Split(jwtOf(map[string]any{"alg": "none"}, good, "k"), ".")[:2], ".") + ".", nil, webhook.Forged},
		{"an algorithm that is not listed", jwtOf(map[string]any{"alg": "HS512"}, good, "k"), nil, webhook.Forged},
		{"an algorithm in small letters", jwtOf(map[string]any{"alg": "hs256"}, good, "k"), nil, webhook.Forged},
		{"an algorithm that is no text", jwtOf(map[string]any{"alg": 1}, good, "k"), nil, webhook.Forged},
		{"an extension that must be understood", jwtOf(map[string]any{"alg": "HS256", "crit": []string{"b64"}, "b64": false}, good, "k"), nil, webhook.Forged},
		{"another issuer", jwtOf(hs256, with(map[string]any{"iss": "Toy"}), "k"), nil, webhook.Forged},
		{"no issuer", jwtOf(hs256, with(map[string]any{"iss": nil}), "k"), nil, webhook.Forged},
		{"expired", jwtOf(hs256, with(map[string]any{"exp": now - 6}), "k"), nil, webhook.Stale},
		{"expired and forged", jwtOf(hs256, with(map[string]any{"exp": now - 6}), "x"), nil, webhook.Forged},
		{"expired within the leeway", jwtOf(hs256, with(map[string]any{"exp": now - 4}), "k"), nil, webhook.Authentic},
		{"no expiry", jwtOf(hs256, with(map[string]any{"exp": nil}), "k"), nil, webhook.Forged},
		{"an expiry that is no number", jwtOf(hs256, with(map[string]any{"exp": "tomorrow"}), "k"), nil, webhook.Forged},
		{"not yet", jwtOf(hs256, with(map[string]any{"nbf": now + 6}), "k"), nil, webhook.Stale},
		{"issued in the future", jwtOf(hs256, with(map[string]any{"iat": now + 6}), "k"), nil, webhook.Stale},
		{"issued long ago", jwtOf(hs256, with(map[string]any{"iat": now - 66}), "k"), nil, webhook.Stale},
		{"issued never", jwtOf(hs256, with(map[string]any{"iat": nil}), "k"), nil, webhook.Stale},
		{"another body", jwtOf(hs256, good, "k"), func(c *webhook.Call) { c.Body = []byte(`{"a":2}`) }, webhook.Forged},
		{"a body for one without", jwtOf(hs256, with(map[string]any{"payload_hash": nil}), "k"), nil, webhook.Forged},
		{"a body that was taken away", jwtOf(hs256, good, "k"), emptyBody, webhook.Forged},
		{"no body", jwtOf(hs256, with(map[string]any{"payload_hash": nil}), "k"), emptyBody, webhook.Authentic},
		{"no body, but its hash", jwtOf(hs256, with(map[string]any{"payload_hash": digest("")}), "k"), emptyBody, webhook.Forged},
		{"a hash that is a list", jwtOf(hs256, with(map[string]any{"payload_hash": []string{digest(string(body))}}), "k"), nil, webhook.Forged},
		{"a hash in capitals", jwtOf(hs256, with(map[string]any{"payload_hash": strings.ToUpper(digest(string(body)))}), "k"), nil, webhook.Authentic},
		{"another URL", jwtOf(hs256, good, "k"), func(c *webhook.Call) { c.URL += "&b=1" }, webhook.Forged},
		{"an unknown URL", jwtOf(hs256, with(map[string]any{"url_hash": digest("")}), "k"), func(c *webhook.Call) { c.URL = "" }, webhook.Forged},
		{"no hash of the URL", jwtOf(hs256, with(map[string]any{"url_hash": nil}), "k"), nil, webhook.Forged},
		{"of another account", jwtOf(hs256, with(map[string]any{"app": "app-8"}), "k"), nil, webhook.Forged},
		{"of no account", jwtOf(hs256, with(map[string]any{"app": ""}), "k"), nil, webhook.Forged},
		{"another constant", jwtOf(hs256, with(map[string]any{"v": "3"}), "k"), nil, webhook.Forged},
		{"a part missing", strings.Join(strings.Split(jwtOf(hs256, good, "k"), ".")[:2], "."), nil, webhook.Forged},
		{"a part more", jwtOf(hs256, good, "k") + ".x", nil, webhook.Forged},
		{"padding", jwtOf(hs256, good, "k") + "=", nil, webhook.Forged},
		{"no token", "", nil, webhook.Forged},
		{"at no time", jwtOf(hs256, with(map[string]any{"exp": 253402300800, "nbf": nil, "iat": nil}), "k"), func(c *webhook.Call) { c.AcceptedAt = time.Time{} }, webhook.Stale},
		{"without the word", "", func(c *webhook.Call) { c.Header.Set("Authorization", jwtOf(hs256, good, "k")) }, webhook.Forged},
		{"twice", jwtOf(hs256, good, "k"), func(c *webhook.Call) { c.Header.Add("Authorization", c.Header.Get("Authorization")) }, webhook.Forged},
		{"no header", "", func(c *webhook.Call) { c.Header.Del("Authorization") }, webhook.Unsigned},
	} {
		c := webhook.Call{Method: http.MethodPost, URL: url, Header: http.Header{"Authorization": {"Bearer " + test.token}}, Body: body, AcceptedAt: time.Unix(now, 0)}
		if test.change != nil {
			test.change(&c)
		}
		if got := (webhook.Policy{Verify: scheme}).Check(c, webhook.Secrets{"key": {"old", "k"}, "app_id": {"app-7"}}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestASecretCanBeChosenByAClaim(t *testing.T) {
	t.Parallel()
	const now = 1_700_000_000
	p := webhook.Policy{Verify: proof.JWT{Header: "X-Jwt", Algorithms: []proof.Algorithm{proof.HS512}, Secret: "keys", SecretBy: "api_key", MaxAge: time.Minute}}
	for _, test := range []struct {
		name, claim, key string
		want             webhook.Cause
	}{
		{"the first", "a", "1:x", webhook.Authentic},
		{"the second", "b", "2", webhook.Authentic},
		{"the second's older one", "b", "0", webhook.Authentic},
		{"one's claim and another's key", "a", "2", webhook.Forged},
		{"a claim that nobody has", "c", "1:x", webhook.Forged},
		{"no claim", "", "3", webhook.Forged},
		{"an empty key", "d", "", webhook.Forged},
		{"one without a claim", "bare", "bare", webhook.Forged},
	} {
		token := jwtOf(map[string]any{"alg": "HS512"}, map[string]any{"iat": now, "api_key": test.claim}, test.key)
		c := webhook.Call{Method: http.MethodPost, Header: http.Header{"X-Jwt": {token}}, AcceptedAt: time.Unix(now, 0)}
		if got := p.Check(c, webhook.Secrets{"keys": {"a:1:x", "b:2", "b:0", ":3", "d:", "bare"}}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
