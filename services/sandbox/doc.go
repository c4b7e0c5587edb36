// Package sandbox is both far ends of the bridge for development: a stand-in of BonyChat that keeps the Custom Channel
// contract strictly, and a phone on a network of its own (package operator).
//
// BonyChat's side takes the gateway's calls at /sandbox/bonychat/webhook. A wrong token is 401, a break of the
// contract's shape 400 with the list of breaks; what is well formed and odd (a receipt for an unknown mId, one that
// goes backwards, an mId that comes again) is answered 200 and shown as a warning. It calls the gateway's /message as
// the platform does: 5 s time-out, no retry.
//
// The page at / has the phone on the left and the agent on the right. Tests use the same JSON API; the contact's id is
// the same on both sides, percent-encoded in the path:
//
//	GET       /sandbox/api/channels
//	GET, POST /sandbox/api/phone/{channel}/{contact}/messages    the body of POST is the contract's bare message object
//	POST      /sandbox/api/phone/{channel}/{contact}/read        the phone looks at the conversation
//	GET, POST /sandbox/api/agent/{channel}/{contact}/messages
//	GET       /sandbox/api/{phone,agent}/{channel}/contacts
//	GET       /sandbox/api/warnings                              what belongs to no message
//	GET       /sandbox/api/way/{mId}                             the message's way, drawn, where the gateway tells it
//	          /sandbox/site/                                     a website with a live chat of its own, see [Site]
//	GET       /sandbox/api/events                                all changes, as server-sent events
//	GET, POST, DELETE /sandbox/api/phone/{channel}/faults        see operator.Fault
//	GET, PUT  /sandbox/api/phone/{channel}/switches
//	GET       /sandbox/api/phone/{channel}/record                everything the phone network accepted, in order
//
// A list has direction (in or out, seen from its side), time, mId, status, message and warnings, in order of arrival.
// A warning is one of doubled, changed (the same mId, another content), backwards, repeated and early (a receipt,
// before the answer that names its mId), foreign (a receipt for what the contact wrote), echo (of what BonyChat sent
// itself), taken (by the gateway, against the contract), unknown, answer and rejected; what it is about follows after a
// colon.
// Everything is in memory and bounded, and gone with the process.
//
// It shows tokens and messages to whoever may call it, so it is for the demonstration on this machine only: never
// mount it where real channels are. It answers to loopback names, and refuses what another website's page sends.
package sandbox
