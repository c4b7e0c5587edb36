package webhook

import (
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

const (
	// docs is where our own JSON is described, spec where the way it is signed and answered is.
	docs = "https://pkg.go.dev/github.com/bonychat/puente/services/egress/webhook"
	spec = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
)

// The headers of a signed call.
const (
	idHeader        = "Webhook-Id"
	timestampHeader = "Webhook-Timestamp"
	signatureHeader = "Webhook-Signature"
)

// tolerance is how far a call's time may be from ours, either way, as in the official libraries.
const tolerance = 5 * time.Minute

// over is what is signed.
var over = []signed.Part{
	signed.FromHeader(idHeader), signed.Lit("."), signed.FromHeader(timestampHeader), signed.Lit("."), signed.Body(),
}

// Network is everything Puente knows about an app of one's own. Its limits are those of the contract, so that nothing has
// to be degraded; a text is split so that a call stays under the 20 kB that the specification advises.
var Network = provider.Network[Account]{
	Name:    "webhook",
	Doc:     docs,
	Reasons: &said,
	Carries: provider.Carries{
		Text:    provider.Limit{Max: 16000, Unit: provider.Bytes, Page: spec + "#payload-structure"},
		Caption: provider.Limit{Max: customchannel.MaxDescription, Unit: provider.UTF16, Page: docs},
		Image:   docs, Video: docs, Audio: docs, File: docs, Location: docs, LocationAddress: docs,
		Buttons:    provider.Limit{Max: customchannel.MaxReplies, Page: docs},
		ButtonText: provider.Limit{Max: customchannel.MaxReply, Unit: provider.UTF16, Page: docs},
	},
	Confirms: provider.Confirms{Receipts: docs, Failures: docs, OwnID: docs, Echoes: docs, IdempotencyKey: spec + "#webhook-headers-sending-metadata-to-consumers"},
	Pages:    provider.Pages{Webhook: spec + "#signature-scheme", Errors: docs},
	Webhook: &webhook.Policy{
		Verify: proof.AnyOf{
			proof.HMAC{
				Hash: digest.SHA256, Secret: "secret", Key: proof.Key{Encoding: digest.Base64, Strip: secretPrefix}, Header: signatureHeader,
				Encoding: digest.Base64, List: proof.List{Separator: " ", Label: "v1,"}, Over: over,
			},
			proof.Signature{
				Algorithm: proof.Ed25519, Key: "public_key", KeyEncoding: digest.Base64, KeyStrip: publicPrefix, Header: signatureHeader,
				Encoding: digest.Base64, List: proof.List{Separator: " ", Label: "v1a,"}, Over: over,
			},
		},
		Freshness: webhook.Freshness{At: expr.Header(timestampHeader), Past: tolerance, Future: tolerance},
		Dedupe:    expr.Header(idHeader),
		MaxBody:   256 << 10, // the longest text of the contract, whatever its characters, is 42 kB
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher:   (*sender)(nil),
		Checker:   (*sender)(nil),
		Validator: Account{},
	},
}
