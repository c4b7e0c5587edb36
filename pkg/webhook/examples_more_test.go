package webhook_test

import (
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// Policies of further networks.

// https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook
var bird = webhook.Policy{
	Verify:    birdHMAC(signed.URL()),
	Freshness: webhook.Freshness{At: expr.Header("messagebird-request-timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Dedupe:    expr.Join(expr.JSON("event"), expr.JSON("payload.id")),
}

// messageBirdLegacy signs the sorted query in place of the URL.
var messageBirdLegacy = webhook.Policy{
	Verify:    birdHMAC(signed.SortedParams(signed.Params{Source: signed.InQuery, Equals: "=", Between: "&", Escaped: true})),
	Freshness: bird.Freshness,
	Methods:   []string{http.MethodPost, http.MethodGet},
}

func birdHMAC(what signed.Part) proof.HMAC {
	return proof.HMAC{
		Hash: digest.SHA256, Secret: "signing_key", Header: "messagebird-signature", Encoding: digest.Base64, Over: []signed.Part{
			signed.FromHeader("messagebird-request-timestamp"), signed.Lit("\n"), what, signed.Lit("\n"), signed.DigestOfBody(digest.SHA256, digest.Raw),
		},
	}
}

// https://developers.messagebird.com/api/#verifying-http-requests
var messageBird = webhook.Policy{
	Verify: proof.JWT{
		Header: "MessageBird-Signature-JWT", Algorithms: []proof.Algorithm{proof.HS256, proof.HS384, proof.HS512}, Secret: "signing_key",
		Issuer: "MessageBird", Expires: true, Leeway: time.Second, BodyHash: "payload_hash", OmitEmpty: true, URLHash: "url_hash",
	},
	Replay:  webhook.Replay{Key: expr.Claim("MessageBird-Signature-JWT", "jti"), Keep: 10 * time.Minute},
	Methods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
}

// https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
var mailgun = webhook.Policy{
	Verify: proof.AnyOf{
		mailgunHMAC(expr.Form("timestamp"), expr.Form("token"), expr.Form("signature")),
		mailgunHMAC(expr.JSON("signature.timestamp"), expr.JSON("signature.token"), expr.JSON("signature.signature")),
	},
	Freshness: webhook.Freshness{
		At: expr.FirstOf(expr.Form("timestamp"), expr.JSON("signature.timestamp")), Past: 12 * time.Hour, Future: 5 * time.Minute,
	},
	Replay: webhook.Replay{Key: expr.FirstOf(expr.Form("token"), expr.JSON("signature.token")), Keep: 24 * time.Hour},
	Dedupe: expr.FirstOf(expr.Form("Message-Id"), expr.JSON("event-data.id")),
}

func mailgunHMAC(timestamp, token, signature expr.Expr) proof.HMAC {
	return proof.HMAC{
		Hash: digest.SHA256, Secret: "signing_key", Sent: signature, Encoding: digest.Hex,
		Over: []signed.Part{signed.From(timestamp), signed.From(token)},
	}
}

// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
var sendGrid = webhook.Policy{
	Verify: proof.Signature{
		Algorithm: proof.ECDSAP256, Key: "verification_key", KeyEncoding: digest.SPKI, Encoding: digest.Base64,
		Header: "X-Twilio-Email-Event-Webhook-Signature",
		Over:   []signed.Part{signed.FromHeader("X-Twilio-Email-Event-Webhook-Timestamp"), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("X-Twilio-Email-Event-Webhook-Timestamp"), Past: 10 * time.Minute, Future: time.Minute},
	Dedupe:    expr.JSON("[].sg_event_id"),
}

// https://developers.zalo.me/docs/official-account/webhook
var zalo = webhook.Policy{
	Verify: proof.Hash{
		Hash: digest.SHA256, Secret: "oa_secret", Header: "X-ZEvent-Signature", Prefix: "mac=", Encoding: digest.Hex,
		Over: []signed.Part{signed.FromAccount("app_id"), signed.Body(), signed.FromJSON("timestamp"), signed.TheSecret()},
	},
	Dedupe: expr.JSON("message.msg_id"),
}

// https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
var weChat = webhook.Policy{
	Verify:    weChatHash("signature"),
	Freshness: webhook.Freshness{At: expr.Query("timestamp"), Past: 10 * time.Minute, Future: time.Minute},
	Handshakes: []webhook.Handshake{{
		When: []expr.Condition{expr.MethodIs(http.MethodGet)}, Echo: expr.Query("echostr"),
	}},
	Replay:   webhook.Replay{Key: expr.Query("nonce"), Keep: time.Hour}, // the body is not signed
	Dedupe:   expr.XML("MsgId"),
	Accepted: webhook.Answer{Body: "success"},
}

// weChatSafe is the mode in which bodies are encrypted. Its set-up call asks for a decrypted text, which is no policy's
// business, so that it is stored like any other.
var weChatSafe = webhook.Policy{
	Verify: proof.AnyOf{
		weChatHash("msg_signature", signed.FromXML("Encrypt")),
		func() proof.Hash {
			h := weChatHash("msg_signature", signed.FromQuery("echostr"))
			h.Only = []expr.Condition{expr.NoBody()}
			return h
		}(),
	},
	Replay:  webhook.Replay{Key: expr.Query("nonce"), Keep: time.Hour}, // of the body, one element is signed
	Methods: []string{http.MethodPost, http.MethodGet},
}

func weChatHash(signature string, more ...signed.Part) proof.Hash {
	return proof.Hash{
		Hash: digest.SHA1, Secret: "token", Sent: expr.Query(signature), Encoding: digest.Hex,
		Over: []signed.Part{signed.Sorted(append(more, signed.TheSecret(), signed.FromQuery("timestamp"), signed.FromQuery("nonce"))...)},
	}
}

// clickSend signs nothing: its calls are known by an address that only it knows.
var clickSend = webhook.Policy{
	Verify: proof.Token{Path: true, Secret: "webhook_token"}, Methods: []string{http.MethodPost, http.MethodGet},
	Dedupe: expr.FirstOf(expr.Form("message_id"), expr.JSON("message_id"), expr.Query("message_id")),
}

// https://postmarkapp.com/developer/webhooks/webhooks-overview
var postmark = webhook.Policy{
	Verify: proof.Token{Basic: true, User: "webhook_user", Secret: "webhook_password"}, Dedupe: expr.JSON("MessageID"),
}
