package webhook_test

import (
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// Policies of further networks.

// https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook
var bird = webhook.Policy{
	Verify:    birdHMAC(webhook.URL()),
	Freshness: webhook.Freshness{At: webhook.Header("messagebird-request-timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Dedupe:    webhook.Join(webhook.JSON("event"), webhook.JSON("payload.id")),
}

// messageBirdLegacy signs the sorted query in place of the URL.
var messageBirdLegacy = webhook.Policy{
	Verify:    birdHMAC(webhook.SortedParams(webhook.Params{Source: webhook.InQuery, Equals: "=", Between: "&", Escaped: true})),
	Freshness: bird.Freshness,
	Methods:   []string{http.MethodPost, http.MethodGet},
}

func birdHMAC(what webhook.Part) webhook.HMAC {
	return webhook.HMAC{
		Hash: webhook.SHA256, Secret: "signing_key", Header: "messagebird-signature", Encoding: webhook.Base64, Over: []webhook.Part{
			webhook.FromHeader("messagebird-request-timestamp"), webhook.Lit("\n"), what, webhook.Lit("\n"), webhook.DigestOfBody(webhook.SHA256, webhook.Raw),
		},
	}
}

// https://developers.messagebird.com/api/#verifying-http-requests
var messageBird = webhook.Policy{
	Verify: webhook.JWT{
		Header: "MessageBird-Signature-JWT", Algorithms: []webhook.Algorithm{webhook.HS256, webhook.HS384, webhook.HS512}, Secret: "signing_key",
		Issuer: "MessageBird", Expires: true, Leeway: time.Second, BodyHash: "payload_hash", OmitEmpty: true, URLHash: "url_hash",
	},
	Replay:  webhook.Replay{Key: webhook.Claim("MessageBird-Signature-JWT", "jti"), Keep: 10 * time.Minute},
	Methods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
}

// https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
var mailgun = webhook.Policy{
	Verify: webhook.AnyOf{
		mailgunHMAC(webhook.Form("timestamp"), webhook.Form("token"), webhook.Form("signature")),
		mailgunHMAC(webhook.JSON("signature.timestamp"), webhook.JSON("signature.token"), webhook.JSON("signature.signature")),
	},
	Freshness: webhook.Freshness{
		At: webhook.FirstOf(webhook.Form("timestamp"), webhook.JSON("signature.timestamp")), Past: 12 * time.Hour, Future: 5 * time.Minute,
	},
	Replay: webhook.Replay{Key: webhook.FirstOf(webhook.Form("token"), webhook.JSON("signature.token")), Keep: 24 * time.Hour},
	Dedupe: webhook.FirstOf(webhook.Form("Message-Id"), webhook.JSON("event-data.id")),
}

func mailgunHMAC(timestamp, token, signature webhook.Expr) webhook.HMAC {
	return webhook.HMAC{
		Hash: webhook.SHA256, Secret: "signing_key", Sent: signature, Encoding: webhook.Hex,
		Over: []webhook.Part{webhook.From(timestamp), webhook.From(token)},
	}
}

// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
var sendGrid = webhook.Policy{
	Verify: webhook.Signature{
		Algorithm: webhook.ECDSAP256, Key: "verification_key", KeyEncoding: webhook.SPKI, Encoding: webhook.Base64,
		Header: "X-Twilio-Email-Event-Webhook-Signature",
		Over:   []webhook.Part{webhook.FromHeader("X-Twilio-Email-Event-Webhook-Timestamp"), webhook.Body()},
	},
	Freshness: webhook.Freshness{At: webhook.Header("X-Twilio-Email-Event-Webhook-Timestamp"), Past: 10 * time.Minute, Future: time.Minute},
	Dedupe:    webhook.JSON("[].sg_event_id"),
}

// https://developers.zalo.me/docs/official-account/webhook
var zalo = webhook.Policy{
	Verify: webhook.Hash{
		Hash: webhook.SHA256, Secret: "oa_secret", Header: "X-ZEvent-Signature", Prefix: "mac=", Encoding: webhook.Hex,
		Over: []webhook.Part{webhook.FromAccount("app_id"), webhook.Body(), webhook.FromJSON("timestamp"), webhook.TheSecret()},
	},
	Dedupe: webhook.JSON("message.msg_id"),
}

// https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
var weChat = webhook.Policy{
	Verify:    weChatHash("signature"),
	Freshness: webhook.Freshness{At: webhook.Query("timestamp"), Past: 10 * time.Minute, Future: time.Minute},
	Handshakes: []webhook.Handshake{{
		When: []webhook.Condition{webhook.MethodIs(http.MethodGet)}, Echo: webhook.Query("echostr"),
	}},
	Replay:   webhook.Replay{Key: webhook.Query("nonce"), Keep: time.Hour}, // the body is not signed
	Dedupe:   webhook.XML("MsgId"),
	Accepted: webhook.Answer{Body: "success"},
}

// weChatSafe is the mode in which bodies are encrypted. Its set-up call asks for a decrypted text, which is no policy's
// business, so that it is stored like any other.
var weChatSafe = webhook.Policy{
	Verify: webhook.AnyOf{
		weChatHash("msg_signature", webhook.FromXML("Encrypt")),
		func() webhook.Hash {
			h := weChatHash("msg_signature", webhook.FromQuery("echostr"))
			h.Only = []webhook.Condition{webhook.NoBody()}
			return h
		}(),
	},
	Replay:  webhook.Replay{Key: webhook.Query("nonce"), Keep: time.Hour}, // of the body, one element is signed
	Methods: []string{http.MethodPost, http.MethodGet},
}

func weChatHash(signature string, more ...webhook.Part) webhook.Hash {
	return webhook.Hash{
		Hash: webhook.SHA1, Secret: "token", Sent: webhook.Query(signature), Encoding: webhook.Hex,
		Over: []webhook.Part{webhook.Sorted(append(more, webhook.TheSecret(), webhook.FromQuery("timestamp"), webhook.FromQuery("nonce"))...)},
	}
}

// clickSend signs nothing: its calls are known by an address that only it knows.
var clickSend = webhook.Policy{
	Verify: webhook.Token{Path: true, Secret: "webhook_token"}, Methods: []string{http.MethodPost, http.MethodGet},
	Dedupe: webhook.FirstOf(webhook.Form("message_id"), webhook.JSON("message_id"), webhook.Query("message_id")),
}

// https://postmarkapp.com/developer/webhooks/webhooks-overview
var postmark = webhook.Policy{
	Verify: webhook.Token{Basic: true, User: "webhook_user", Secret: "webhook_password"}, Dedupe: webhook.JSON("MessageID"),
}
