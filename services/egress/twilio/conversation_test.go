package twilio_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Dir: "testdata", Oracle: api{t, oracle.New()}, Sign: sign}.Run(t, twilio.Network)
}

// sign is https://www.twilio.com/docs/usage/security#validating-requests: a form with its URL, or the URL that holds the
// hash of another body.
func sign(c *webhook.Call, secrets webhook.Secrets) {
	var form url.Values
	address := c.URL
	if strings.HasPrefix(c.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, _ = url.ParseQuery(string(c.Body))
	} else {
		sum := sha256.Sum256(c.Body)
		c.Query = "bodySHA256=" + hex.EncodeToString(sum[:])
		address, _, _ = strings.Cut(address, "?")
		address += "?" + c.Query
	}
	c.Header.Set("X-Twilio-Signature", twiliotest.Sign(secrets["auth_token"][0], address, form))
}

// api judges requests by Twilio's description.
type api struct {
	t *testing.T
	*oracle.Oracle
}

func (a api) Operations() []string { return a.Calls() }

func (a api) Check(r providertest.Request) (string, error) {
	method, target, _ := r.Call()
	call, err := oracle.Form(method, target, []byte(r.Body))
	if err != nil {
		return "", err
	}
	path := a.Call(method, call.URL.Path)
	switch {
	case path != "":
		return path, a.Request(a.t.Context(), call)
	case strings.HasPrefix(r.File, "fetch"): // the file itself is not described
		return "", nil
	default:
		return "", fmt.Errorf("%s is not described", r.Line)
	}
}
