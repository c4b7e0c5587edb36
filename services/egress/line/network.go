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
		Text:     5000,
		Unit:     provider.UTF16,
		Image:    true,
		Video:    true,
		Audio:    true,
		Location: true,
		// a place has to have an address
		LocationAddress: true,
		Buttons:         13,
		// what is tapped may have 300 characters, what is read on the button 20: cut in the middle, two answers could read
		// alike
		ButtonText:     20,
		IdempotencyKey: true,
	},
	Rate: provider.Rate{Account: provider.PerSecond(2000)}, // replies and pushes have as much each
	Links: map[string]string{
		"text":             "https://developers.line.biz/en/reference/messaging-api/#text-message",
		"unit":             "https://developers.line.biz/en/docs/messaging-api/text-character-count/",
		"image":            "https://developers.line.biz/en/reference/messaging-api/#image-message",
		"video":            "https://developers.line.biz/en/reference/messaging-api/#video-message",
		"audio":            "https://developers.line.biz/en/reference/messaging-api/#audio-message",
		"location":         "https://developers.line.biz/en/reference/messaging-api/#location-message",
		"location_address": "https://developers.line.biz/en/reference/messaging-api/#location-message",
		"buttons":          "https://developers.line.biz/en/reference/messaging-api/#items-object",
		"button_text":      "https://developers.line.biz/en/reference/messaging-api/#message-action",
		"idempotency_key":  "https://developers.line.biz/en/docs/messaging-api/retrying-api-request/",
		"account_rate":     "https://developers.line.biz/en/reference/messaging-api/#rate-limits",
		"webhook":          "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
		"errors":           "https://developers.line.biz/en/reference/messaging-api/#status-codes",
	},
	Webhook: &webhook.Policy{
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
