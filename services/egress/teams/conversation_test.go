package teams_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/teams"
)

//go:generate go run github.com/bonychat/puente/pkg/provider/providertest/openapi/reduce -in $TEAMS_SPECS/ConnectorAPI.json -out testdata/openapi.json -source https://github.com/microsoft/botbuilder-dotnet/blob/1f9719b318d10750dc8e8dff7d279a4fb12c7f19/libraries/Swagger/ConnectorAPI.json -licence "MIT, Microsoft" "POST /v3/conversations" "POST /v3/conversations/{conversationId}/activities"

// account is the app id of testdata/account.json.
const appID = "c9e8c047-2a74-40a2-b28a-b162d5f5327c"

// signer stands for Microsoft: it signs calls as the connector does.
type signer struct {
	private      *rsa.PrivateKey
	id           string
	endorsements []string
}

func newSigner(t testing.TB, id string, endorsements ...string) *signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{private, id, endorsements}
}

// jwk is the public key, as it is published.
func (s *signer) jwk() map[string]any {
	return map[string]any{
		"kty": "RSA", "use": "sig", "kid": s.id, "x5t": s.id, "n": base64.RawURLEncoding.EncodeToString(s.private.N.Bytes()), "e": "AQAB",
		"endorsements": s.endorsements,
	}
}

// token signs these claims over those of a good call with this body.
func (s *signer) token(t testing.TB, body []byte, now time.Time, claims jwt.MapClaims) string {
	t.Helper()
	var v struct {
		ServiceURL string `json:"serviceUrl"`
	}
	_ = json.Unmarshal(body, &v)
	all := jwt.MapClaims{
		"iss": "https://api.botframework.com", "aud": appID, "serviceurl": v.ServiceURL, "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	maps.Copy(all, claims)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, all)
	token.Header["kid"], token.Header["x5t"] = s.id, s.id
	text, err := token.SignedString(s.private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// published is a JWK set.
func published(signers ...*signer) []byte {
	var keys []any
	for _, s := range signers {
		keys = append(keys, s.jwk())
	}
	data, _ := json.Marshal(map[string]any{"keys": keys})
	return data
}

func kit(t *testing.T) providertest.Kit {
	microsoft := newSigner(t, "k1", "msteams")
	return providertest.Kit{
		Oracle: connector{openapi.Read(t, "testdata/openapi.json", openapi.Options{Base: "/teams", Strict: true, Elsewhere: []string{
			"POST /{tenant}/oauth2/v2.0/token", "GET /files/{name}", "GET /emea/v3/attachments/{id}/views/original", "GET /personal/megan/download.aspx",
		}})},
		Keys: map[string][]byte{teams.KeysURL: published(microsoft)},
		Sign: func(c *webhook.Call, secrets webhook.Secrets) {
			claims := jwt.MapClaims{}
			if own := secrets["app_id"]; len(own) > 0 {
				claims["aud"] = own[0]
			}
			c.Header.Set("Authorization", "Bearer "+microsoft.token(t, c.Body, conversation.Now, claims))
		},
		Whole: []string{"attachments", "entities", "membersAdded", "reactionsAdded"},
	}
}

func TestConversations(t *testing.T) { kit(t).Run(t, teams.Network) }

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, teams.Network, "testdata") }

// connector judges requests by Microsoft's description, whatever the region of the connector.
type connector struct{ *openapi.API }

func (c connector) Check(q conversation.Request) (string, error) {
	q.Line = strings.Replace(q.Line, " /emea/v3/conversations", " /teams/v3/conversations", 1)
	return c.API.Check(q)
}

func TestTheOracleRefuses(t *testing.T) {
	api := connector{openapi.Read(t, "testdata/openapi.json", openapi.Options{Base: "/teams", Strict: true})}
	const line = "POST /emea/v3/conversations/a%3A1/activities"
	for name, body := range map[string]string{
		"":                      `{"type": "message", "text": "a", "textFormat": "plain"}`,
		"an unknown field":      `{"type": "message", "body": "a"}`,
		"a text of numbers":     `{"type": "message", "text": 1}`,
		"attachments of a text": `{"type": "message", "attachments": "a"}`,
	} {
		_, err := api.Check(conversation.NewRequest("", fmt.Sprintf("%s\nAuthorization: Bearer x\nContent-Type: application/json\n\n%s", line, body)))
		if (err == nil) != (name == "") {
			t.Errorf("%s: %v", strings.TrimSpace("body "+name), err)
		}
	}
}
