// Package outcome says what became of a send, or of a fetch, a check or a set-up, as the error that a network returns. The
// runtime does what it says:
//
//	nil             the network took it
//	Reject          final: the agent reads the reason, the message goes to the dead letters
//	Wait            exactly as told, for the contact, the channel or the account; no attempt is spent
//	Suspend         the credential is no good: the channel is not sent to until it changes
//	Uncertain       it may have been taken: sent again only where that is safe, or the channel says so
//	Temporary       again, with growing pauses, until the message's validity ends
//	TemporaryAfter  the same, not before the network said
//	TemporaryFor    the same, for so long at most
//	any other       again for 15 minutes at most: an error that nobody classified
//
// It is classified once, where the network's code is known:
//
//	return outcome.Wait(31*time.Second, outcome.Channel, fmt.Errorf("sendMessage: code %d", code))
//
// Each has two parts. The reason is for people, in words of our own. The error is for the log. Neither holds personal data,
// a text or a credential, and so neither quotes what a network says: it may quote a number or a text. [Quoting] hands on
// a network's own words, of which people are shown what cannot be private.
//
// An answer of HTTP becomes an error in package httpclient. What a class makes of the message and of its channel is the
// business of package delivery.
package outcome
