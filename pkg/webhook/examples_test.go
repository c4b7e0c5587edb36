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

// Policies of networks, one for each scheme there is. The vectors in testdata are judged by them.

const jsonType, formType = "application/json", "application/x-www-form-urlencoded"

// https://core.telegram.org/bots/api#setwebhook
var telegram = webhook.Policy{
	Verify: proof.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
	Dedupe: expr.JSON("update_id"),
}

// https://developers.facebook.com/docs/graph-api/webhooks/getting-started
var meta = webhook.Policy{
	Verify: proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: digest.Hex},
	Handshakes: []webhook.Handshake{{
		When:  []expr.Condition{expr.MethodIs(http.MethodGet), expr.Equals(expr.Query("hub.mode"), "subscribe")},
		Token: expr.Query("hub.verify_token"), Secret: "verify_token", Echo: expr.Query("hub.challenge"),
	}},
	Dedupe: expr.JSON("entry[].changes[].value.messages[].id"),
}

// https://developers.line.biz/en/reference/messaging-api/#webhooks
var line = webhook.Policy{
	Verify:     proof.HMAC{Hash: digest.SHA256, Secret: "channel_secret", Header: "X-Line-Signature", Encoding: digest.Base64},
	Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.NoneIn("events")}}},
	Dedupe:     expr.JSON("events[].webhookEventId"),
}

// https://developers.viber.com/docs/api/rest-bot-api/#callbacks
var viber = webhook.Policy{
	Verify: proof.HMAC{Hash: digest.SHA256, Secret: "auth_token", Header: "X-Viber-Content-Signature", Encoding: digest.Hex},
	Handshakes: []webhook.Handshake{{
		When: []expr.Condition{expr.Equals(expr.JSON("event"), "webhook")},
	}},
	Dedupe: expr.Join(expr.JSON("event"), expr.JSON("message_token")),
}

// https://docs.slack.dev/authentication/verifying-requests-from-slack
var slack = webhook.Policy{
	Verify: proof.HMAC{
		Hash: digest.SHA256, Secret: "signing_secret", Header: "X-Slack-Signature", Prefix: "v0=", Encoding: digest.Hex,
		Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("X-Slack-Request-Timestamp"), signed.Lit(":"), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("X-Slack-Request-Timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Handshakes: []webhook.Handshake{{
		When: []expr.Condition{expr.Equals(expr.JSON("type"), "url_verification")}, Echo: expr.JSON("challenge"), EchoKey: "challenge",
	}},
	Dedupe:  expr.JSON("event_id"),
	Refused: map[webhook.Cause]webhook.Answer{webhook.Forged: {Header: map[string]string{"X-Slack-No-Retry": "1"}}},
}

// https://docs.discord.com/developers/interactions/overview
var discord = webhook.Policy{
	Verify: proof.Signature{
		Algorithm: proof.Ed25519, Key: "public_key", KeyEncoding: digest.Hex, Header: "X-Signature-Ed25519", Encoding: digest.Hex,
		Over: []signed.Part{signed.FromHeader("X-Signature-Timestamp"), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("X-Signature-Timestamp"), Past: time.Minute, Future: time.Minute},
	Handshakes: []webhook.Handshake{
		{When: []expr.Condition{expr.Equals(expr.JSON("type"), "1")}, Answer: webhook.Answer{ContentType: jsonType, Body: `{"type":1}`}},
		{When: []expr.Condition{expr.Equals(expr.JSON("type"), "0")}, Answer: webhook.Answer{Status: http.StatusNoContent}},
	},
	Dedupe: expr.JSON("id"),
}

// https://www.twilio.com/docs/usage/webhooks/webhooks-security
var twilio = webhook.Policy{
	Verify: proof.AnyOf{
		twilioHMAC([]expr.Condition{expr.ContentTypeIs(formType)}, signed.SortedParams(signed.Params{Source: signed.InForm, Unique: true})),
		twilioHMAC([]expr.Condition{expr.EqualsBodyDigest(expr.Query("bodySHA256"), digest.SHA256)}),
		twilioHMAC([]expr.Condition{expr.NoBody()}),
	},
	Methods: []string{http.MethodPost, http.MethodGet},
	Dedupe:  expr.Join(expr.Form("MessageSid"), expr.FirstOf(expr.Form("MessageStatus"), expr.Form("SmsStatus"))),
}

func twilioHMAC(only []expr.Condition, over ...signed.Part) proof.HMAC {
	return proof.HMAC{
		Hash: digest.SHA1, Secret: "auth_token", Header: "X-Twilio-Signature", Encoding: digest.Base64,
		Over: append([]signed.Part{signed.URLAnyPort()}, over...), Only: only,
	}
}

// https://spec.matrix.org/latest/application-service-api/
var matrix = webhook.Policy{
	Verify:  proof.AnyOf{proof.Token{Bearer: true, Secret: "hs_token"}, proof.Token{Query: "access_token", Secret: "hs_token"}},
	Methods: []string{http.MethodPut},
	Handshakes: []webhook.Handshake{
		{When: []expr.Condition{expr.MethodIs(http.MethodPost), expr.PathIs("/_matrix/app/v1/ping")}, Answer: webhook.Answer{ContentType: jsonType, Body: "{}"}},
		{When: []expr.Condition{expr.MethodIs(http.MethodGet), expr.PathIs("/_matrix/app/v1/users/")}, Answer: notFound},
		{When: []expr.Condition{expr.MethodIs(http.MethodGet), expr.PathIs("/_matrix/app/v1/rooms/")}, Answer: notFound},
	},
	Dedupe:   expr.PathAfter("/_matrix/app/v1/transactions/"),
	Accepted: webhook.Answer{ContentType: jsonType, Body: "{}"},
	Refused: map[webhook.Cause]webhook.Answer{
		webhook.Unsigned: {ContentType: jsonType, Body: `{"errcode":"M_UNAUTHORIZED"}`},
		webhook.Forged:   {Status: http.StatusForbidden, ContentType: jsonType, Body: `{"errcode":"M_FORBIDDEN"}`},
	},
}

var notFound = webhook.Answer{Status: http.StatusNotFound, ContentType: jsonType, Body: `{"errcode":"M_NOT_FOUND"}`}

// https://www.standardwebhooks.com
var standard = webhook.Policy{
	Verify: proof.HMAC{
		Hash: digest.SHA256, Secret: "secret", Key: proof.Key{Encoding: digest.Base64, Strip: "whsec_"}, Header: "webhook-signature",
		Encoding: digest.Base64, List: proof.List{Separator: " ", Label: "v1,"},
		Over: []signed.Part{signed.FromHeader("webhook-id"), signed.Lit("."), signed.FromHeader("webhook-timestamp"), signed.Lit("."), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("webhook-timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Dedupe:    expr.Header("webhook-id"),
}

// https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
var vonage = webhook.Policy{
	Verify: proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.HS256}, Secret: "signature_secret", Issuer: "Vonage",
		MaxAge: 5 * time.Minute, Leeway: time.Minute, BodyHash: "payload_hash", Claims: []proof.ClaimIs{{Claim: "api_key", Account: "api_key"}},
	},
	Replay:  webhook.Replay{Key: expr.Claim("Authorization", "jti"), Keep: 10 * time.Minute},
	Dedupe:  expr.Join(expr.JSON("message_uuid"), expr.JSON("status")),
	Refused: map[webhook.Cause]webhook.Answer{webhook.Unsigned: {Status: http.StatusServiceUnavailable}},
}

// vonageSMS signs with one of several methods: https://developer.vonage.com/en/getting-started/concepts/signing-messages
func vonageSMS(verify proof.Scheme) webhook.Policy {
	return webhook.Policy{
		Verify: verify, Methods: []string{http.MethodGet}, Dedupe: expr.Query("messageId"),
		Freshness: webhook.Freshness{At: expr.Query("timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	}
}

func vonageHMAC(hash digest.Function) proof.HMAC {
	return proof.HMAC{
		Hash: hash, Secret: "signature_secret", Sent: expr.Query("sig"), Encoding: digest.Hex, Over: []signed.Part{vonageParams},
		Only: []expr.Condition{expr.NoBody()},
	}
}

var (
	vonageParams = signed.SortedParams(signed.Params{
		Source: signed.InQuery, Except: []string{"sig"}, Before: "&", Equals: "=", Replace: map[string]string{"&": "_", "=": "_"},
	})
	vonageHash = proof.Hash{
		Hash: digest.MD5, Secret: "signature_secret", Sent: expr.Query("sig"), Encoding: digest.Hex,
		Over: []signed.Part{vonageParams, signed.TheSecret()}, Only: []expr.Condition{expr.NoBody()},
	}
)
