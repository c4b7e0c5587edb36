package slack

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// The vendor's pages.
const (
	docs        = "https://docs.slack.dev"
	events      = docs + "/apis/events-api"
	postMessage = docs + "/reference/methods/chat.postMessage"
	uploading   = docs + "/messaging/working-with-files"
	rateLimits  = docs + "/apis/web-api/rate-limits"
)

// tolerance is how far a call's time may be from ours: https://docs.slack.dev/authentication/verifying-requests-from-slack
const tolerance = 5 * time.Minute

// Network is everything Puente knows about Slack.
var Network = provider.Network[Account]{
	Name:    "slack",
	Doc:     events,
	Reasons: &said,
	Carries: provider.Carries{
		// more is taken, and becomes several messages there
		Text: provider.Limit{Max: 4000, Unit: provider.UTF16, Page: postMessage},
		// a caption is the text of the message that shares the file: less than that may hold, so that a link has room beside it
		Caption: provider.Limit{Max: 2000, Unit: provider.UTF16, Page: postMessage},
		Image:   uploading, Video: uploading, Audio: uploading, File: uploading,
		Buttons:    provider.Limit{Max: 25, Page: docs + "/reference/block-kit/blocks/actions-block"},
		ButtonText: provider.Limit{Max: 75, Unit: provider.UTF16, Page: docs + "/reference/block-kit/block-elements/button-element"},
	},
	Rates: provider.Rates{
		// of the workspace no number is told: "several hundred messages per minute"
		Account: provider.Rate{Page: postMessage},
		Contact: provider.PerSecond(1, rateLimits),
	},
	Pages: provider.Pages{Webhook: docs + "/authentication/verifying-requests-from-slack", Errors: postMessage},
	Webhook: &webhook.Policy{
		Verify: proof.HMAC{
			Hash: digest.SHA256, Secret: "signing_secret", Header: "X-Slack-Signature", Prefix: "v0=", Encoding: digest.Hex,
			Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("X-Slack-Request-Timestamp"), signed.Lit(":"), signed.Body()},
		},
		Freshness: webhook.Freshness{At: expr.Header("X-Slack-Request-Timestamp"), Past: tolerance, Future: tolerance},
		// https://docs.slack.dev/reference/events/url_verification
		Handshakes: []webhook.Handshake{{
			When: []expr.Condition{expr.Equals(expr.JSON("type"), "url_verification")}, Echo: expr.JSON("challenge"), EchoKey: "challenge",
		}},
		Dedupe: expr.JSON("event_id"),
		// No X-Slack-No-Retry to what is refused: where the secret here is wrong, each of Slack's three repeats is a chance.
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher: (*sender)(nil), Checker: (*sender)(nil), Instructor: (*sender)(nil), Listener: (*sender)(nil), Called: (*sender)(nil),
		Validator: Account{}, Identity: Account{}, Exclusive: Account{},
	},
	// a file is fetched and uploaded at the same time
	SendTimeout: 3 * time.Minute,
}
