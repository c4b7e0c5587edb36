// Package outcome has the errors by which a network says what became of a send, a fetch, a check or a set-up. The runtime acts on them:
//
//	nil             the network took it
//	Reject          final: the agent reads the reason, and the message becomes a dead letter
//	Wait            tried again after exactly this time; the contact, the channel or the account waits, and it does not count as a try
//	Suspend         the credential is refused: the channel is not sent to until it changes, but for a probe now and then
//	Uncertain       the network may have taken it: sent again only where that is safe, or the channel's setting says so
//	Temporary       tried again with growing pauses, until the message's validity ends
//	TemporaryAfter  the same, but not before the time that the network said
//	TemporaryFor    the same, but for a limited time
//	any other       tried again for 15 minutes at most: an error that nobody classified
//
// An error is classified once, in the network's code, where the vendor's error code is known:
//
//	return outcome.Wait(31*time.Second, outcome.Channel, fmt.Errorf("sendMessage: code %d", code))
//
// Each has two parts. The reason is for people, in words of our own. The error is for the log. Neither may hold personal data, a text
// or a credential. So neither may quote a network's words, which may quote a number or a text. Pass those to [Quoting]: people are shown
// the part of them that cannot be private.
//
// Package httpclient makes such an error of an HTTP answer. What follows for the message and its channel is decided by package delivery.
// Everything here is safe for concurrent use.
package outcome
