package webhook_test

import (
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// Policies of networks, one for each scheme there is. The vectors in testdata are judged by them.

const jsonType, formType = "application/json", "application/x-www-form-urlencoded"

// https://core.telegram.org/bots/api#setwebhook
var telegram = webhook.Policy{
	Verify: webhook.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
	Dedupe: webhook.JSON("update_id"),
}

// https://developers.facebook.com/docs/graph-api/webhooks/getting-started
var meta = webhook.Policy{
	Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: webhook.Hex},
	Handshakes: []webhook.Handshake{{
		When:  []webhook.Condition{webhook.MethodIs(http.MethodGet), webhook.Equals(webhook.Query("hub.mode"), "subscribe")},
		Token: webhook.Query("hub.verify_token"), Secret: "verify_token", Echo: webhook.Query("hub.challenge"),
	}},
	Dedupe: webhook.JSON("entry[].changes[].value.messages[].id"),
}

// https://developers.line.biz/en/reference/messaging-api/#webhooks
var line = webhook.Policy{
	Verify:     webhook.HMAC{Hash: webhook.SHA256, Secret: "channel_secret", Header: "X-Line-Signature", Encoding: webhook.Base64},
	Handshakes: []webhook.Handshake{{When: []webhook.Condition{webhook.NoneIn("events")}}},
	Dedupe:     webhook.JSON("events[].webhookEventId"),
}

// https://developers.viber.com/docs/api/rest-bot-api/#callbacks
var viber = webhook.Policy{
	Verify: webhook.HMAC{Hash: webhook.SHA256, Secret: "auth_token", Header: "X-Viber-Content-Signature", Encoding: webhook.Hex},
	Handshakes: []webhook.Handshake{{
		When: []webhook.Condition{webhook.Equals(webhook.JSON("event"), "webhook")},
	}},
	Dedupe: webhook.Join(webhook.JSON("event"), webhook.JSON("message_token")),
}

// https://docs.slack.dev/authentication/verifying-requests-from-slack
var slack = webhook.Policy{
	Verify: webhook.HMAC{
		Hash: webhook.SHA256, Secret: "signing_secret", Header: "X-Slack-Signature", Prefix: "v0=", Encoding: webhook.Hex,
		Over: []webhook.Part{webhook.Lit("v0:"), webhook.FromHeader("X-Slack-Request-Timestamp"), webhook.Lit(":"), webhook.Body()},
	},
	Freshness: webhook.Freshness{At: webhook.Header("X-Slack-Request-Timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Handshakes: []webhook.Handshake{{
		When: []webhook.Condition{webhook.Equals(webhook.JSON("type"), "url_verification")}, Echo: webhook.JSON("challenge"), EchoKey: "challenge",
	}},
	Dedupe:  webhook.JSON("event_id"),
	Refused: map[webhook.Cause]webhook.Answer{webhook.Forged: {Header: map[string]string{"X-Slack-No-Retry": "1"}}},
}

// https://docs.discord.com/developers/interactions/overview
var discord = webhook.Policy{
	Verify: webhook.Signature{
		Algorithm: webhook.Ed25519, Key: "public_key", KeyEncoding: webhook.Hex, Header: "X-Signature-Ed25519", Encoding: webhook.Hex,
		Over: []webhook.Part{webhook.FromHeader("X-Signature-Timestamp"), webhook.Body()},
	},
	Freshness: webhook.Freshness{At: webhook.Header("X-Signature-Timestamp"), Past: time.Minute, Future: time.Minute},
	Handshakes: []webhook.Handshake{
		{When: []webhook.Condition{webhook.Equals(webhook.JSON("type"), "1")}, Answer: webhook.Answer{ContentType: jsonType, Body: `{"type":1}`}},
		{When: []webhook.Condition{webhook.Equals(webhook.JSON("type"), "0")}, Answer: webhook.Answer{Status: http.StatusNoContent}},
	},
	Dedupe: webhook.JSON("id"),
}

// https://www.twilio.com/docs/usage/webhooks/webhooks-security
var twilio = webhook.Policy{
	Verify: webhook.AnyOf{
		twilioHMAC([]webhook.Condition{webhook.ContentTypeIs(formType)}, webhook.SortedParams(webhook.Params{Source: webhook.InForm, Unique: true})),
		twilioHMAC([]webhook.Condition{webhook.EqualsBodyDigest(webhook.Query("bodySHA256"), webhook.SHA256)}),
		twilioHMAC([]webhook.Condition{webhook.NoBody()}),
	},
	Methods: []string{http.MethodPost, http.MethodGet},
	Dedupe:  webhook.Join(webhook.Form("MessageSid"), webhook.FirstOf(webhook.Form("MessageStatus"), webhook.Form("SmsStatus"))),
}

func twilioHMAC(only []webhook.Condition, over ...webhook.Part) webhook.HMAC {
	return webhook.HMAC{
		Hash: webhook.SHA1, Secret: "auth_token", Header: "X-Twilio-Signature", Encoding: webhook.Base64,
		Over: append([]webhook.Part{webhook.URLAnyPort()}, over...), Only: only,
	}
}

// https://spec.matrix.org/latest/application-service-api/
var matrix = webhook.Policy{
	Verify:  webhook.AnyOf{webhook.Token{Bearer: true, Secret: "hs_token"}, webhook.Token{Query: "access_token", Secret: "hs_token"}},
	Methods: []string{http.MethodPut},
	Handshakes: []webhook.Handshake{
		{When: []webhook.Condition{webhook.MethodIs(http.MethodPost), webhook.PathIs("/_matrix/app/v1/ping")}, Answer: webhook.Answer{ContentType: jsonType, Body: "{}"}},
		{When: []webhook.Condition{webhook.MethodIs(http.MethodGet), webhook.PathIs("/_matrix/app/v1/users/")}, Answer: notFound},
		{When: []webhook.Condition{webhook.MethodIs(http.MethodGet), webhook.PathIs("/_matrix/app/v1/rooms/")}, Answer: notFound},
	},
	Dedupe:   webhook.PathAfter("/_matrix/app/v1/transactions/"),
	Accepted: webhook.Answer{ContentType: jsonType, Body: "{}"},
	Refused: map[webhook.Cause]webhook.Answer{
		webhook.Unsigned: {ContentType: jsonType, Body: `{"errcode":"M_UNAUTHORIZED"}`},
		webhook.Forged:   {Status: http.StatusForbidden, ContentType: jsonType, Body: `{"errcode":"M_FORBIDDEN"}`},
	},
}

var notFound = webhook.Answer{Status: http.StatusNotFound, ContentType: jsonType, Body: `{"errcode":"M_NOT_FOUND"}`}

// https://www.standardwebhooks.com
var standard = webhook.Policy{
	Verify: webhook.HMAC{
		Hash: webhook.SHA256, Secret: "secret", Key: webhook.Key{Encoding: webhook.Base64, Strip: "whsec_"}, Header: "webhook-signature",
		Encoding: webhook.Base64, List: webhook.List{Separator: " ", Label: "v1,"},
		Over: []webhook.Part{webhook.FromHeader("webhook-id"), webhook.Lit("."), webhook.FromHeader("webhook-timestamp"), webhook.Lit("."), webhook.Body()},
	},
	Freshness: webhook.Freshness{At: webhook.Header("webhook-timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	Dedupe:    webhook.Header("webhook-id"),
}

// https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
var vonage = webhook.Policy{
	Verify: webhook.JWT{
		Bearer: true, Algorithms: []webhook.Algorithm{webhook.HS256}, Secret: "signature_secret", Issuer: "Vonage",
		MaxAge: 5 * time.Minute, Leeway: time.Minute, BodyHash: "payload_hash", Claims: []webhook.ClaimIs{{Claim: "api_key", Account: "api_key"}},
	},
	Replay:  webhook.Replay{Key: webhook.Claim("Authorization", "jti"), Keep: 10 * time.Minute},
	Dedupe:  webhook.Join(webhook.JSON("message_uuid"), webhook.JSON("status")),
	Refused: map[webhook.Cause]webhook.Answer{webhook.Unsigned: {Status: http.StatusServiceUnavailable}},
}

// vonageSMS signs with one of several methods: https://developer.vonage.com/en/getting-started/concepts/signing-messages
func vonageSMS(verify webhook.Scheme) webhook.Policy {
	return webhook.Policy{
		Verify: verify, Methods: []string{http.MethodGet}, Dedupe: webhook.Query("messageId"),
		Freshness: webhook.Freshness{At: webhook.Query("timestamp"), Past: 5 * time.Minute, Future: 5 * time.Minute},
	}
}

func vonageHMAC(hash webhook.Digest) webhook.HMAC {
	return webhook.HMAC{
		Hash: hash, Secret: "signature_secret", Sent: webhook.Query("sig"), Encoding: webhook.Hex, Over: []webhook.Part{vonageParams},
		Only: []webhook.Condition{webhook.NoBody()},
	}
}

var (
	vonageParams = webhook.SortedParams(webhook.Params{
		Source: webhook.InQuery, Except: []string{"sig"}, Before: "&", Equals: "=", Replace: map[string]string{"&": "_", "=": "_"},
	})
	vonageHash = webhook.Hash{
		Hash: webhook.MD5, Secret: "signature_secret", Sent: webhook.Query("sig"), Encoding: webhook.Hex,
		Over: []webhook.Part{vonageParams, webhook.TheSecret()}, Only: []webhook.Condition{webhook.NoBody()},
	}
)
