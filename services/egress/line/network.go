package line

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// reference is the vendor's page about the API.
const reference = "https://developers.line.biz/en/reference/messaging-api/"

// Network is everything Puente knows about LINE.
var Network = provider.Network[Account]{
	Name:    "line",
	Doc:     reference,
	Reasons: &said,
	Carries: provider.Carries{
		Text:     provider.Limit{Max: 5000, Unit: provider.UTF16, Page: reference + "#text-message"},
		Image:    reference + "#image-message",
		Video:    reference + "#video-message",
		Audio:    reference + "#audio-message",
		Location: reference + "#location-message",
		// a place has to have an address
		LocationAddress: reference + "#location-message",
		Buttons:         provider.Limit{Max: 13, Page: reference + "#items-object"},
		// what is tapped may have 300 characters, what is read on the button 20: cut in the middle, two answers could read
		// alike
		ButtonText: provider.Limit{Max: 20, Unit: provider.UTF16, Page: reference + "#message-action"},
	},
	Confirms: provider.Confirms{
		IdempotencyKey: "https://developers.line.biz/en/docs/messaging-api/retrying-api-request/",
	},
	Rates: provider.Rates{Account: provider.PerSecond(2000, reference+"#rate-limits")}, // replies and pushes have as much each
	Pages: provider.Pages{
		Unit:    "https://developers.line.biz/en/docs/messaging-api/text-character-count/",
		Webhook: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
		Errors:  reference + "#status-codes",
	},
	Webhook: &webhook.Policy{
		Verify: proof.HMAC{Hash: digest.SHA256, Secret: "channel_secret", Header: "X-Line-Signature", Encoding: digest.Base64},
		// https://developers.line.biz/en/docs/messaging-api/verify-webhook-url/
		Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.NoneIn("events")}}},
		// No Dedupe: a call holds several events, and nothing says that they come again together. Each has a key of its own.
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher:    (*sender)(nil),
		Checker:    (*sender)(nil),
		Setter:     (*sender)(nil),
		Instructor: (*sender)(nil),
		Inspector:  (*sender)(nil),
		Validator:  Account{},
		Identity:   Account{},
	},
	// a picture may be looked at, fetched and made smaller before it is sent
	SendTimeout: 90 * time.Second,
}
