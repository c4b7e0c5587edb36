package whatsapp

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Network is everything Puente knows about WhatsApp.
var Network = provider.Network[Account]{
	Name: "whatsapp",
	Doc:  "https://developers.facebook.com/documentation/business-messaging/whatsapp/overview",
	Carries: provider.Carries{
		Text:            4096,
		Unit:            provider.UTF16,
		Caption:         1024,
		Image:           true,
		Video:           true,
		Audio:           true,
		File:            true,
		Location:        true,
		LocationAddress: true,
		Buttons:         maxRows,
		ButtonText:      rowTitle, // longer than a button's: what does not fit there goes as a list
		Receipts:        true,
		OwnID:           true, // biz_opaque_callback_data
		Echoes:          true,
		Aliases:         true,
	},
	Rate: provider.Rate{
		Account: provider.PerSecond(80), // a number
		// a burst is borrowed from what comes after it
		Contact: provider.Limit{Sends: 1, Per: pairPause, Burst: 45},
	},
	Links: map[string]string{
		"text":             "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages",
		"caption":          "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages",
		"image":            "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages",
		"video":            "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/video-messages",
		"audio":            "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages",
		"file":             "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/document-messages",
		"location":         "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages",
		"location_address": "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages",
		"buttons":          "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages",
		"button_text":      "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages",
		"receipts":         "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status",
		"own_id":           "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status",
		"echoes":           "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes",
		"aliases":          "https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids",
		"account_rate":     "https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput",
		"contact_rate":     "https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform#pair-rate-limits",
		"webhook":          "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint",
		"errors":           "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
	},
	Webhook: &webhook.Policy{
		Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "app_secret", Header: signatureHeader, Prefix: "sha256=", Encoding: webhook.Hex},
		Handshakes: []webhook.Handshake{{
			When:  []webhook.Condition{webhook.MethodIs("GET"), webhook.Equals(webhook.Query("hub.mode"), "subscribe")},
			Token: webhook.Query("hub.verify_token"), Secret: "verify_token", Echo: webhook.Query("hub.challenge"),
		}},
		MaxBody: 4 << 20, // "up to 3 MB"
		// a repeated call has the same body, and so the same signature; nothing else stands for all that a batch holds
		Dedupe: webhook.Header(signatureHeader),
	},
	Receive: receive,
	Open:    open,
	// a text may be refused and go as the template then
	SendTimeout: time.Minute,
}

const signatureHeader = "X-Hub-Signature-256"
