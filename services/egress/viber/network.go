package viber

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// reference is the vendor's page about the API.
const reference = "https://developers.viber.com/docs/api/rest-bot-api/"

// Network is everything Puente knows about Viber.
var Network = provider.Network[Account]{
	Name:    "viber",
	Doc:     reference,
	Reasons: &said,
	Carries: provider.Carries{
		// "characters" there
		Text: provider.Limit{Max: 7000, Unit: provider.UTF16, Page: "https://creators.viber.com/docs/bots-api/resources/messaging/send-message"},
		// of a picture; nothing else has one, here and there
		Caption:  provider.Limit{Max: 768, Unit: provider.UTF16, Page: reference + "#picture-message"},
		Image:    reference + "#picture-message",
		Video:    reference + "#video-message",
		Audio:    reference + "#file-message", // as a file: there is no other kind
		File:     reference + "#file-message",
		Location: reference + "#location-message",
		// a keyboard has 24 rows; what does not fit on a button is cut by the app
		Buttons:    provider.Limit{Max: 24, Page: "https://developers.viber.com/docs/tools/keyboards/"},
		ButtonText: provider.Limit{Max: 250, Unit: provider.UTF16, Page: "https://developers.viber.com/docs/tools/keyboards/"},
	},
	Confirms: provider.Confirms{Receipts: reference + "#message-receipts-callbacks", Failures: reference + "#message-receipts-callbacks"},
	Pages: provider.Pages{
		Webhook: reference + "#callbacks",
		Errors:  "https://creators.viber.com/docs/bots-api/errors",
	},
	// no rate is told but 100 messages an hour to a contact who does not answer: what is more is refused, and waits
	Webhook: &webhook.Policy{
		Verify: proof.HMAC{Hash: digest.SHA256, Secret: "auth_token", Header: "X-Viber-Content-Signature", Encoding: digest.Hex},
		// set_webhook waits for the answer to this one
		Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.Equals(expr.JSON("event"), "webhook")}}},
		Dedupe:     expr.Join(expr.JSON("message_token"), expr.JSON("event")), // delivered and seen have the same token
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
	},
}
