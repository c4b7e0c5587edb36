package twilio_test

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{
		Oracle: openapi.Read(t, "internal/oracle/openapi.json", openapi.Options{
			Strict: true,
			Elsewhere: []string{
				"GET /2010-04-01/Accounts/{account}/Messages/{message}/Media/{media}", "GET /2010-04-01/moved", "GET /elsewhere/{file}",
			},
		}),
		Sign: signed,
	}.Run(t, twilio.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, twilio.Network, "testdata") }

// signed signs a call as Twilio does: a form over its URL and parameters, any other body by a hash of it in the URL.
func signed(c *webhook.Call, secrets webhook.Secrets) {
	var form url.Values
	if media, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); media == "application/x-www-form-urlencoded" {
		form, _ = url.ParseQuery(string(c.Body))
	} else {
		sum := sha256.Sum256(c.Body)
		hash := "bodySHA256=" + hex.EncodeToString(sum[:])
		c.Query, c.URL = strings.Replace(c.Query, "bodySHA256=x", hash, 1), strings.Replace(c.URL, "bodySHA256=x", hash, 1)
	}
	c.Header.Set("X-Twilio-Signature", twiliotest.Sign(secrets["auth_token"][0], c.URL, form))
}
