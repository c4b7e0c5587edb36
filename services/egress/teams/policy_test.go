package teams_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/provider/jwks"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/services/egress/teams"
)

const body = `{"type":"message","id":"1","channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/emea/","from":{"id":"29:1"},"conversation":{"id":"a:1","conversationType":"personal"},"text":"hello"}`

// callOf is a call that comes at a time with a token.
func callOf(body, token string, at time.Time) webhook.Call {
	return webhook.Call{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}, Body: []byte(body),
		URL: "https://bridge.example.com/webhooks/teams/C", AcceptedAt: at,
	}
}

// presented is a call of somebody's, and whether it is Microsoft's word to this bot.
type presented struct {
	name, body, token string
	good              bool
}

// presentedBy are a good call, and calls that are wrong in one thing each.
func presentedBy(t *testing.T, microsoft, unendorsed, stranger *signer, now time.Time) []presented {
	t.Helper()
	claims := func(name string, value any) string {
		return microsoft.token(t, []byte(body), now, jwt.MapClaims{name: value})
	}
	forger := *stranger
	forger.id = microsoft.id
	return []presented{
		{"a good one", body, microsoft.token(t, []byte(body), now, nil), true},
		{"another serviceUrl", body, claims("serviceurl", "https://smba.trafficmanager.net/amer/"), false},
		{"no serviceUrl", body, claims("serviceurl", nil), false},
		{"another bot's", body, claims("aud", "00000000-2a74-40a2-b28a-b162d5f5327c"), false},
		{"another issuer", body, claims("iss", "https://sts.windows.net/x/"), false},
		{"one that is over", body, microsoft.token(t, []byte(body), now, jwt.MapClaims{"nbf": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-time.Hour).Unix()}), false},
		{"a key that is not endorsed for Teams", body, unendorsed.token(t, []byte(body), now, nil), false},
		{"a key that nobody published", body, stranger.token(t, []byte(body), now, nil), false},
		{"another key under the name of a published one", body, forger.token(t, []byte(body), now, nil), false},
	}
}

func policyWith(t *testing.T, signers ...*signer) webhook.Policy {
	t.Helper()
	keys, err := jwks.Parse(published(signers...))
	if err != nil {
		t.Fatal(err)
	}
	return teams.Network.Webhook.WithKeys(map[string][]proof.PublicKey{teams.KeysURL: keys})
}

var secrets = webhook.Secrets{"app_id": {appID}}

func TestOnlyMicrosoftsCallsToThisBotAreTaken(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	microsoft, unendorsed, stranger := newSigner(t, "k1", "msteams", "webchat"), newSigner(t, "k2", "webchat"), newSigner(t, "k3", "msteams")
	policy := policyWith(t, microsoft, unendorsed)
	for _, p := range presentedBy(t, microsoft, unendorsed, stranger, now) {
		c := callOf(p.body, p.token, now)
		if cause := policy.Check(c, secrets); (cause == webhook.Authentic) != p.good {
			t.Errorf("%s: %s", p.name, cause)
		} else if status := policy.Answer(cause).Status; !p.good && status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d", p.name, status)
		}
	}
	unsigned := callOf(body, "", now)
	unsigned.Header.Del("Authorization")
	if cause := policy.Check(unsigned, secrets); cause != webhook.Unsigned {
		t.Errorf("without a token: %s", cause)
	}
}
