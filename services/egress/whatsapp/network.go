// Package whatsapp is the WhatsApp network: one business phone number of Meta's Cloud API.
//
// It reads the calls of the number's webhook ([Network].Receive), sends messages, fetches the files that came in, and
// registers the webhook. Groups and calls are ignored: a contact is a person.
//
// A contact's address is the phone number in E.164 or, of people who hide theirs behind a username, the user id that
// WhatsApp made for this business ("ES.1502576394655843"). Where both are told the number is the address, and the user
// id an alias. What WhatsApp spells otherwise than it was given (Mexico, Argentina, Brazil) is an alias too.
//
// A business may write freely for 24 hours after a contact's last message. After that only an approved template is
// taken; see [Account].Template.
//
// A call is read without knowing whose it is. So the webhook policy admits only those whose first change is about the
// account's own number, and [provider.Setter] registers a callback for this number alone: other numbers of the same
// WhatsApp Business account have theirs.
//
//	runtime.Main(whatsapp.Network)
package whatsapp

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// docs is where the vendor's pages are.
const docs = "https://developers.facebook.com/documentation/business-messaging/whatsapp/"

// Network is everything Puente knows about WhatsApp.
var Network = provider.Network[Account]{
	Name:    "whatsapp",
	Doc:     docs + "overview",
	Reasons: &said,
	Carries: provider.Carries{
		Text:            provider.Limit{Max: 4096, Unit: provider.UTF16, Page: docs + "messages/text-messages"},
		Caption:         provider.Limit{Max: 1024, Unit: provider.UTF16, Page: docs + "messages/image-messages"},
		Image:           docs + "messages/image-messages",
		Video:           docs + "messages/video-messages",
		Audio:           docs + "messages/audio-messages",
		File:            docs + "messages/document-messages",
		Location:        docs + "messages/location-messages",
		LocationAddress: docs + "messages/location-messages",
		Buttons:         provider.Limit{Max: maxRows, Page: docs + "messages/interactive-list-messages"},
		// longer than a button's: what does not fit there goes as a list
		ButtonText: provider.Limit{Max: rowTitle, Unit: provider.UTF16, Page: docs + "messages/interactive-list-messages"},
	},
	Confirms: provider.Confirms{
		Receipts: docs + "webhooks/reference/messages/status",
		Failures: docs + "webhooks/reference/messages/status",
		OwnID:    docs + "webhooks/reference/messages/status", // biz_opaque_callback_data
		Echoes:   docs + "webhooks/reference/smb_message_echoes",
		Aliases:  docs + "business-scoped-user-ids",
	},
	Rates: provider.Rates{
		Account: provider.PerSecond(80, docs+"throughput"), // a number
		// a burst is borrowed from what comes after it
		Contact: provider.Rate{Sends: 1, Per: pairPause, Burst: 45, Page: docs + "about-the-platform#pair-rate-limits"},
	},
	Pages: provider.Pages{
		Webhook: docs + "webhooks/create-webhook-endpoint",
		Errors:  docs + "support/error-codes",
	},
	Webhook: &webhook.Policy{
		Verify: proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: signatureHeader, Prefix: "sha256=", Encoding: digest.Hex},
		Handshakes: []webhook.Handshake{{
			When:  []expr.Condition{expr.MethodIs("GET"), expr.Equals(expr.Query("hub.mode"), "subscribe")},
			Token: expr.Query("hub.verify_token"), Secret: "verify_token", Echo: expr.Query("hub.challenge"),
		}},
		MaxBody: 4 << 20, // "up to 3 MB"
		// a repeated call has the same body, and so the same signature; nothing else stands for all that a batch holds
		Dedupe: expr.Header(signatureHeader),
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
	// a text may be refused and go as the template then
	SendTimeout: time.Minute,
}

const signatureHeader = "X-Hub-Signature-256"
