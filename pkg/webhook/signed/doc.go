// Package signed writes the text that a network has signed: the call's body, or several parts of the call one after another. The parts
// are data, and are part of a policy's JSON.
//
//	Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("X-Slack-Request-Timestamp"), signed.Lit(":"), signed.Body()}
//
// If a part is missing, or could be read in two ways, there is no text, and the call counts as forged. If a network does not say how it
// writes something, such as a URL with its port or without, each way is tried ([Text.Variants]).
//
// Package proof compares the text with the signature. [Reading] and the methods of [Text] are for that package; to declare a policy you
// need the functions that make a [Part].
package signed
