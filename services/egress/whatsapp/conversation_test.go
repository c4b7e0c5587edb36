package whatsapp_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Dir: "testdata", Oracle: cloudAPI{oracle.New()}, Sign: func(c *webhook.Call, secrets webhook.Secrets) {
		c.Header.Set("X-Hub-Signature-256", sign(secrets["app_secret"][0], string(c.Body)))
	}}.Run(t, whatsapp.Network)
}

// cloudAPI judges requests by Meta's description.
type cloudAPI struct{ *oracle.Oracle }

func (cloudAPI) Operations() []string {
	return []string{
		"POST " + oracle.Messages, "GET " + oracle.Number, "POST " + oracle.Number, "GET " + oracle.Media,
		"GET " + oracle.Subscribed, "POST " + oracle.Subscribed,
	}
}

func (a cloudAPI) Check(r providertest.Request) (string, error) {
	method, target, _ := r.Call()
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(u.Path, "/v23.0/") || strings.HasSuffix(u.Path, "/subscriptions") {
		return "", nil // a download, and the app's own subscriptions, which are the Graph API's and not in the description
	}
	return method + " " + oracle.Path(u), a.Oracle.Check(method, u, []byte(r.Body))
}
