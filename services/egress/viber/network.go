package viber

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Network is everything Puente knows about Viber.
var Network = provider.Network[Account]{
	Name: "viber",
	Doc:  "https://developers.viber.com/docs/api/rest-bot-api/",
	Carries: provider.Carries{
		Text:     7000,
		Unit:     provider.UTF16, // "characters" there
		Caption:  768,            // of a picture; nothing else has one, here and there
		Image:    true,
		Video:    true,
		Audio:    true, // as a file: there is no other kind
		File:     true,
		Location: true,
		// a keyboard has 24 rows; what does not fit on a button is cut by the app
		Buttons:    24,
		ButtonText: 250,
		Receipts:   true,
	},
	// no rate is told but 100 messages an hour to a contact who does not answer: what is more is refused, and waits
	Links: map[string]string{
		"text":        "https://creators.viber.com/docs/bots-api/resources/messaging/send-message",
		"caption":     "https://developers.viber.com/docs/api/rest-bot-api/#picture-message",
		"image":       "https://developers.viber.com/docs/api/rest-bot-api/#picture-message",
		"video":       "https://developers.viber.com/docs/api/rest-bot-api/#video-message",
		"audio":       "https://developers.viber.com/docs/api/rest-bot-api/#file-message",
		"file":        "https://developers.viber.com/docs/api/rest-bot-api/#file-message",
		"location":    "https://developers.viber.com/docs/api/rest-bot-api/#location-message",
		"buttons":     "https://developers.viber.com/docs/tools/keyboards/",
		"button_text": "https://developers.viber.com/docs/tools/keyboards/",
		"receipts":    "https://developers.viber.com/docs/api/rest-bot-api/#message-receipts-callbacks",
		"webhook":     "https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
		"errors":      "https://creators.viber.com/docs/bots-api/errors",
	},
	Webhook: &webhook.Policy{
		Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "auth_token", Header: "X-Viber-Content-Signature", Encoding: webhook.Hex},
		// set_webhook waits for the answer to this one
		Handshakes: []webhook.Handshake{{When: []webhook.Condition{webhook.Equals(webhook.JSON("event"), "webhook")}}},
		Dedupe:     webhook.Join(webhook.JSON("message_token"), webhook.JSON("event")), // delivered and seen have the same token
	},
	Receive: receive,
	Open:    open,
}
