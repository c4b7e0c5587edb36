// Package phone is the phone network: a network made for development, whose destination (services/sandbox/operator) fails
// on demand in the ways of real ones. It carries everything of the contract, tells receipts, and honours an
// idempotency key.
//
// # Sending
//
//	POST {url}/messages
//	Authorization: Bearer <secret>
//	Idempotency-Key: <message id>-<part>
//
//	{"id": "<message id>", "to": "<contact>", "part": 0, "message": {"type": "text", "text": "hola"}}
//
// The message is the message object of the Custom Channel contract, with its limits, but that any attachment may have
// a description. A split message is sent as several, which share the id and differ in part. It is answered
//
//	200  {"id": "<network's id>"}   taken; a repeat with the same key is answered with the same id and shown once
//	401                             the secret is wrong or withdrawn
//	409                             the key belongs to another message
//	429  Retry-After: <seconds>     too many messages, for the contact, or the account where error.scope says so
//	4xx                             never, see error.code: "invalid", "too_large", "unreachable"
//	5xx                             not now, with or without Retry-After
//
// and every refusal has the body {"error": {"code": "…", "scope": "…", "message": "…"}}. GET {url}/account answers 200
// where the secret is good.
//
// # Receiving
//
//	POST /webhooks/phone/{channel}
//	X-Phone-Token: <secret>
//
//	{"id": "c-1", "events": [
//	  {"id": "p-7", "from": "<contact>", "name": "Ana", "time": 1718000000123, "message": {"type": "text", "text": "hola"}},
//	  {"id": "p-6-read", "from": "<contact>", "time": 1718000000456,
//	   "receipt": {"message": "<network's id>", "own_id": "<idempotency key>", "status": "read"}}
//	]}
//
// The call's id and those of its events are the same whenever they are told again, which they are until they are
// answered 2xx; 400 and 413 mean never. A status is sent, delivered, read or failed, and failed has a reason. A call
// with one event may be the bare event.
package phone
