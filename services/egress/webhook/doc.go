// Package webhook is the webhook network: any app, site or system of one's own, by Standard Webhooks both ways. What is
// said stands in JSON of our own, which schema.json describes.
//
// # Both ways
//
// A call is a POST with a JSON body and the three headers of Standard Webhooks 1.0.0: webhook-id, webhook-timestamp and
// webhook-signature, HMAC-SHA256 over "<id>.<timestamp>.<body>" by the account's secret (v1), or what the app signs with a
// private key of its own (v1a). Every official library signs and verifies the first. The body has a type, a time and data:
//
//	{"type": "message", "timestamp": "2026-01-02T03:04:05Z", "data": {…}}
//
// In data, message is the message object of the Custom Channel contract, and contact says who it is:
//
//	{"type": "text", "text": "hola"}
//	{"type": "attachment", "attachment": {"type": "image", "url": "https://…", "mimeType": "image/png", "fileName": "a.png", "description": "…"}}
//	{"type": "location", "latitude": 40.4, "longitude": -3.7, "address": "Madrid"}
//	{"type": "quick_reply", "title": "¿Vienes?", "replies": ["Sí", "No"]}
//
// # From the bridge to the app
//
// POST to the account's url. The id is the webhook-id too, the same however often the message is tried: what an app has
// taken it takes again without showing it twice. A long text comes as several messages, in order.
//
//	{"type": "message", "timestamp": "…", "data": {"id": "0199d3c7…-0", "message_id": "0199d3c7…", "part": 1, "parts": 1,
//	 "contact": {"id": "ana"}, "message": {"type": "text", "text": "hola"}}}
//	{"type": "ping", "timestamp": "…", "data": {}}      whether the secret is good; to be answered like any other
//
// Answers:
//
//	2xx            taken; a page of HTML is no answer
//	400, 413, 422  never: the app does not take this message. A body {"error": {"message": "…"}} may say why
//	401, 403       the signature is refused: nothing more is sent until the secret changes
//	410            the app is gone: nothing more is sent until the settings change
//	429            not now, for the whole channel: after Retry-After, or a minute
//	others         not now: again with growing pauses, not before Retry-After, for a day
//
// # From the app to the bridge
//
// POST to /webhooks/webhook/{channel}. Its webhook-id is the same however often the call is made again; what was taken
// is answered 200.
//
//	{"type": "message", "timestamp": "…", "data": {"id": "c-7", "contact": {"id": "ana", "first_name": "Ana"}, "message": {…}}}
//	{"type": "message", …, "data": {"id": "c-8", "edits": "c-7", "contact": {"id": "ana"}, "message": {…}}}
//	{"type": "echo",    …, "data": {"id": "c-9", "contact": {"id": "ana"}, "message": {…}}}
//	{"type": "receipt", …, "data": {"message": "0199d3c7…-0", "status": "delivered"}}
//
// An echo is what the business wrote to the contact by other means; one with the id of a message of the bridge's is
// dropped, so that an app may echo everything. A receipt names the id that the message came with; its status is sent,
// delivered, read or failed, and failed may have a reason. An attachment with "fetch": true is fetched by the bridge at
// once and kept for 30 days: for an address that ends, or that only the bridge reaches.
package webhook
