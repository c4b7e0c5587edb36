// Package deadletter is what could not go on: messages, statuses and calls that somebody gave up, each with its reason and
// whole, on the stream DEAD. Whoever gives one up calls [Bury] before it is acknowledged; an operator finds it with [List]
// and [Read], and [Replay] brings it back when the cause is gone.
//
//	letters, _, err := deadletter.List(ctx, b, deadletter.Query{Channel: "chn_01"})
//	for _, together := range deadletter.Group(letters) {
//		_, err := deadletter.Replay(ctx, b, together)
//	}
//
// What a letter holds is content and an address: only [Read] returns it, and it belongs in no log. Every function is safe
// for concurrent use, by several processes too.
package deadletter
