// Package viber is the Viber network: bots of the REST Bot API, one to one.
package viber

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Account is one bot.
type Account struct {
	AuthToken provider.Secret `json:"auth_token" doc:"The bot's token: in the Viber app under More, Settings, Bots, Edit info, as \"Your app key\". It signs the callbacks too."`
	Name      string          `json:"name" doc:"The sender's name that contacts see, at most 28 characters."`
	API       string          `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://chatapi.viber.com."`
}

// Validate implements the SDK's check.
func (a Account) Validate() error { return provider.CheckAddress("api", a.API) }

// Network is everything Puente knows about Viber.
var Network = provider.Network[Account]{
	Name:    "viber",
	Doc:     "https://developers.viber.com/docs/api/rest-bot-api/",
	Carries: provider.Carries{Text: 7000, Unit: provider.UTF16, Receipts: true},
	Links: map[string]string{
		"text":     "https://creators.viber.com/docs/bots-api/resources/messaging/send-message",
		"receipts": "https://developers.viber.com/docs/api/rest-bot-api/#message-receipts-callbacks",
	},
	Webhook: &webhook.Policy{
		Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "auth_token", Header: "X-Viber-Content-Signature", Encoding: webhook.Hex},
		Dedupe: webhook.Join(webhook.JSON("message_token"), webhook.JSON("event")), // delivered and seen have the same token
	},
	Receive: receive,
	Open:    open,
}
