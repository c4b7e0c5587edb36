package providertest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// The kit has the keys of a vendor's: a network that judges by them is held to all rules, and one that forgets whose token it is, or
// has no keys, is caught.
func TestANetworkWithTheVendorsKeys(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://toy.example.com/keys"
	keys := map[string][]byte{address: fmt.Appendf(nil, `{"keys":[{"kty":"RSA","kid":"k1","n":%q,"e":"AQAB"}]}`, base64.RawURLEncoding.EncodeToString(private.N.Bytes()))}
	sign := func(c *webhook.Call, secrets webhook.Secrets) {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"aud": secrets["key"], "exp": time.Now().Add(time.Hour).Unix()})
		if len(secrets["key"]) > 0 {
			token.Claims.(jwt.MapClaims)["aud"] = secrets["key"][0]
		}
		token.Header["kid"] = "k1"
		signed, err := token.SignedString(private)
		if err != nil {
			t.Fatal(err)
		}
		c.Header.Set("Authorization", "Bearer "+signed)
	}
	scheme := proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.RS256}, Expires: true, Keys: proof.KeySet{URL: address},
		Claims: []proof.ClaimIs{{Claim: "aud", Account: "key"}},
	}
	with := func(j proof.JWT) provider.Driver {
		return changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: j, Dedupe: expr.JSON("id")}
			n.Mimic = nil
		})
	}
	if heard := (Kit{Keys: keys, Sign: sign}).try(t, with(scheme)); len(heard.heard) > 0 {
		t.Errorf("a right one: %s", heard)
	}
	if heard := (Kit{Sign: sign}).try(t, with(scheme)).String(); !strings.Contains(heard, "the vendor's keys are not known yet") {
		t.Errorf("without keys: %s", heard)
	}
	open := scheme
	open.Claims = []proof.ClaimIs{{Claim: "exp", Equal: "1"}}
	if heard := (Kit{Keys: keys, Sign: sign}).try(t, with(open)).String(); !strings.Contains(heard, "one is compared with the account or the URL") {
		t.Errorf("for anybody: %s", heard)
	}
}

// A network whose token may stand at the end of the address, or elsewhere, keeps all rules: it is taken away wherever it stands.
func TestANetworkWithATokenInOneOfSeveralPlaces(t *testing.T) {
	heard := Kit{}.try(t, changed(func(n *provider.Network[account]) {
		n.Webhook = &webhook.Policy{Verify: proof.AnyOf{
			proof.Token{Path: true, Secret: "key"}, proof.Token{Query: "token", Secret: "key"}, proof.Token{Basic: true, Secret: "key"},
		}, Dedupe: expr.JSON("id")}
	}))
	if len(heard.heard) > 0 {
		t.Error(heard)
	}
}

// A network whose token stands in the body keeps all rules.
func TestANetworkWithATokenInTheBody(t *testing.T) {
	heard := Kit{}.try(t, changed(func(n *provider.Network[account]) {
		n.Webhook = &webhook.Policy{Verify: proof.Token{Sent: expr.JSON("key"), Secret: "key"}, Dedupe: expr.JSON("id")}
	}))
	if len(heard.heard) > 0 {
		t.Error(heard)
	}
}
