// Package signed puts a call into the text that its network has signed: the body, or several parts of the call one after
// another. The parts are data, and travel with a policy as JSON.
//
//	Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("X-Slack-Request-Timestamp"), signed.Lit(":"), signed.Body()}
//
// A part that is not there, or that could be read in two ways, makes the text unusable, and the call forged. Where it is not
// told how a network writes something, such as a URL with its port or without, each way is tried ([Text.Variants]).
//
// Package proof compares the text with the signature; [Reading] and the methods of [Text] are for it.
package signed
