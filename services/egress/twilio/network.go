package twilio

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// docs is where the vendor's pages are.
const docs = "https://www.twilio.com/docs/"

// Network is everything Puente knows about Twilio.
var Network = provider.Network[Account]{
	Name:    "twilio",
	Doc:     docs + "messaging/api/message-resource",
	Reasons: &said,
	Carries: provider.Carries{
		// What counts as a character is not told: UTF-16 units are the stricter way. An SMS is charged by segments of 160
		// characters of GSM-7, or of 70 where one of them is another.
		Text: provider.Limit{Max: 1600, Unit: provider.UTF16, Page: docs + "messaging/api/message-resource#create-a-message-resource"},
		// Twilio takes 1600 beside a file too, WhatsApp less.
		Caption: provider.Limit{
			Max: 1024, Unit: provider.UTF16, Page: "https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#media-object",
		},
		// What a sender cannot carry goes as a link, see sendAttachment.
		Image: docs + "messaging/guides/accepted-mime-types",
		Video: docs + "messaging/guides/accepted-mime-types",
		Audio: docs + "messaging/guides/accepted-mime-types",
		File:  docs + "messaging/guides/accepted-mime-types",
		// From senders other than WhatsApp's as a link to a map.
		Location:        docs + "whatsapp/message-features",
		LocationAddress: docs + "whatsapp/message-features",
		// Quick replies are content templates, which have to be made beforehand.
		Buttons: provider.Limit{Page: docs + "content/twilio-quick-reply"},
	},
	Confirms: provider.Confirms{
		Receipts: docs + "messaging/guides/outbound-message-status-in-status-callbacks",
		Failures: docs + "messaging/guides/outbound-message-status-in-status-callbacks",
		OwnID:    docs + "messaging/guides/outbound-message-status-in-status-callbacks", // in the status callback's URL
		// of WhatsApp's contacts in Mexico, Argentina and Brazil
		Aliases: "https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers",
	},
	// Twilio takes messages faster than a sender may send, by its kind, and queues them for hours; what is too much it
	// refuses with 20429 or 21611, and that waits.
	Rates: provider.Rates{Account: provider.Rate{Page: docs + "api/errors/30001"}},
	Pages: provider.Pages{
		Unit:    docs + "glossary/what-sms-character-limit",
		Webhook: docs + "usage/webhooks/webhooks-security",
		Errors:  docs + "api/errors",
	},
	Webhook: &policy,
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
}

// policy tells Twilio's calls from others.
var policy = webhook.Policy{
	Verify: proof.AnyOf{
		signature(digest.SHA1, "auth_token", nil, formParameters),
		// Whether the overrides of a URL are signed with it is not told. They never reach us, but they are our own.
		signature(digest.SHA1, "auth_token", nil, signed.Lit(connectionOverrides), formParameters),
		signature(digest.SHA1, "auth_token", bodyHash),
		// https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys: the same text, another hash.
		signature(digest.SHA256, "shared_key", nil, formParameters),
		signature(digest.SHA256, "shared_key", nil, signed.Lit(connectionOverrides), formParameters),
		signature(digest.SHA256, "shared_key", bodyHash),
	},
	Dedupe: expr.FirstOf(
		expr.Join(expr.Form("MessageSid"), expr.FirstOf(expr.Form("MessageStatus"), expr.Form("SmsStatus"))),
		expr.Join(expr.JSON("MessageSid"), expr.FirstOf(expr.JSON("MessageStatus"), expr.JSON("SmsStatus"))),
	),
	Accepted: webhook.Answer{ // https://www.twilio.com/docs/messaging/twiml: no message in reply
		ContentType: "text/xml",
		Body:        `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`,
	},
}

// signature is that over a URL and what follows it. https://www.twilio.com/docs/usage/security#validating-requests
// Its oldest variant, which signs only the first of several equal names, is left out: the others could be anybody's.
func signature(hash digest.Function, secret string, only []expr.Condition, after ...signed.Part) proof.HMAC {
	return proof.HMAC{
		Hash: hash, Secret: secret, Header: "X-Twilio-Signature", Encoding: digest.Base64,
		Over: append([]signed.Part{signed.URLAnySpelling()}, after...), Only: only,
	}
}

var (
	formParameters = signed.SortedParams(signed.Params{Source: signed.InForm, Unique: true})
	// bodyHash ties a JSON body to the URL that is signed.
	bodyHash = []expr.Condition{expr.EqualsBodyDigest(expr.Query("bodySHA256"), digest.SHA256)}
)

// connectionOverrides ask for five tries where a call fails, instead of one where none gets through: Twilio gives a
// message up after the last. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
const connectionOverrides = "#rc=5&rp=all"
