package demonstration

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/bonychat/puente/services/egress/webhook"
	"github.com/bonychat/puente/services/egress/webhook/livechat"
	"github.com/bonychat/puente/services/sandbox"
)

// siteNetwork joins the demonstration's website to the bridge.
var siteNetwork = webhook.Network.Name

// openSite makes the website of the demonstration that runs at url, and the account of its channel.
func openSite(url string) (*sandbox.Site, object, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
	chat, err := livechat.New(url+"/webhooks/"+siteNetwork+"/"+siteChannel, secret)
	if err != nil {
		return nil, nil, err
	}
	account := object{"url": url + strings.TrimSuffix(sandbox.SitePath, "/") + "/bonychat", "secret": secret}
	return &sandbox.Site{Channel: siteChannel, Handler: chat}, account, nil
}
