package line

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Network is everything Puente knows about LINE.
var Network = provider.Network[Account]{
	Name: "line",
	Doc:  "https://developers.line.biz/en/reference/messaging-api/",
	Carries: provider.Carries{
		Text:     5000,           // https://developers.line.biz/en/reference/messaging-api/#text-message
		Unit:     provider.UTF16, // https://developers.line.biz/en/docs/messaging-api/text-character-count/
		Image:    true,           // https://developers.line.biz/en/reference/messaging-api/#image-message
		Video:    true,           // https://developers.line.biz/en/reference/messaging-api/#video-message
		Audio:    true,           // https://developers.line.biz/en/reference/messaging-api/#audio-message
		Location: true,           // https://developers.line.biz/en/reference/messaging-api/#location-message
		// a place has to have an address
		LocationAddress: true,
		Buttons:         13, // https://developers.line.biz/en/reference/messaging-api/#items-object
		// what is tapped may have 300 characters, what is read on the button 20: cut in the middle, two answers could read
		// alike. https://developers.line.biz/en/reference/messaging-api/#message-action
		ButtonText:     20,
		IdempotencyKey: true, // https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
	},
	Rate: provider.Rate{
		// replies and pushes have as much each: https://developers.line.biz/en/reference/messaging-api/#rate-limits
		Account: provider.PerSecond(2000),
	},
	Webhook: &webhook.Policy{
		// https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
		Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "channel_secret", Header: "X-Line-Signature", Encoding: webhook.Base64},
		// https://developers.line.biz/en/docs/messaging-api/verify-webhook-url/
		Handshakes: []webhook.Handshake{{When: []webhook.Condition{webhook.NoneIn("events")}}},
		// No Dedupe: a call holds several events, and nothing says that they come again together. Each has a key of its own.
	},
	Receive: receive,
	Open:    open,
	// a picture may be looked at, fetched and made smaller before it is sent
	SendTimeout: 90 * time.Second,
}
