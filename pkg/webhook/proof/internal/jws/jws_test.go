package jws_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/proof/internal/jws"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// made is a token that is signed with this key.
func made(t *testing.T, key string, head, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims))
	for name, value := range head {
		token.Header[name] = value
	}
	text, err := token.SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenIsReadByItsRules(t *testing.T) {
	t.Parallel()
	rules := jws.Rules{Algorithms: []string{"HS256"}, Issuer: "us", MaxAge: time.Minute, Leeway: time.Second}
	at := func(ago time.Duration) map[string]any {
		return map[string]any{"iss": "us", "iat": now.Add(-ago).Unix()}
	}
	for name, test := range map[string]struct {
		key    string
		head   map[string]any
		claims map[string]any
		want   string // what is wrong with it, "" for nothing
	}{
		"a good one":               {"key", nil, at(time.Second), ""},
		"of another key":           {"other", nil, at(time.Second), "not signed"},
		"of another issuer":        {"key", nil, map[string]any{"iss": "them", "iat": now.Unix()}, "wrong"},
		"too old":                  {"key", nil, at(time.Hour), "not fresh"},
		"from the future":          {"key", nil, at(-time.Hour), "stale"},
		"that does not say when":   {"key", nil, map[string]any{"iss": "us"}, "not fresh"},
		"that is over":             {"key", nil, map[string]any{"iss": "us", "iat": now.Unix(), "exp": now.Add(-time.Hour).Unix()}, "stale"},
		"that asks for extensions": {"key", map[string]any{"crit": []string{"x"}}, at(time.Second), "wrong"},
	} {
		token, keys := made(t, test.key, test.head, test.claims), jws.Keys{Keys: []jwt.VerificationKey{[]byte("no"), []byte("key")}}
		got := ""
		claims, err := rules.Read(token, keys, now)
		switch {
		case !rules.Signed(token, keys):
			got = "not signed"
		case jws.Stale(err):
			got = "stale"
		case err != nil:
			got = "wrong"
		case !rules.Fresh(claims, now):
			got = "not fresh"
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q: %v", name, got, test.want, err)
		}
	}
}

// Whoever leaves the algorithm to the token is fooled by it.
func TestAnAlgorithmThatIsNotTakenIsNotSigned(t *testing.T) {
	t.Parallel()
	keys := jws.Keys{Keys: []jwt.VerificationKey{[]byte("key")}}
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	good := made(t, "key", nil, map[string]any{})
	for name, test := range map[string]struct {
		token string
		takes []string
	}{"none": {unsigned, []string{"HS256", "none"}}, "another": {good, []string{"HS512"}}, "no algorithm": {good, nil}, "no signature": {good[:len(good)-43], []string{"HS256"}}} {
		if (jws.Rules{Algorithms: test.takes}).Signed(test.token, keys) {
			t.Errorf("%s: signed", name)
		}
	}
	if !(jws.Rules{Algorithms: []string{"HS256"}}).Signed(good, keys) {
		t.Error("a good one is not signed")
	}
}
