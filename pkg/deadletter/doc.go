// Package deadletter is what could not go on: messages, statuses and calls that somebody gave up, each with its
// reason and whole, on the stream DEAD. Whoever gives one up calls [Bury] before it is finished; an operator
// finds it with [List] and [Read], and [Replay] brings it back when the cause is gone.
//
//	letters, _, err := deadletter.List(ctx, b, deadletter.Query{Channel: "chn_01"})
//	for _, together := range deadletter.Group(letters) {
//		_, err := deadletter.Replay(ctx, b, together)
//	}
//
// What a letter holds is content and an address: only [Read] returns it, and it belongs in no log. Every function is
// safe for concurrent use, by several processes too.
//
// DEAD keeps a letter for 30 days ([topology.KeepDead]), and 2 GB of letters in all. Where that is full [Bury] fails
// with [bus.ErrNoRoom], and nothing can be given up until letters are replayed or too old: what would be stays in its
// queue and is tried again.
//
// How a letter comes back depends on where its entry was. What was ready for a destination (EGRESS_*) is published
// there again, under the next generation of its keys. What was not (MESSAGES) goes through the translator again. A
// call (WEBHOOKS_*) is read again. Statuses and outcomes do not come back.
//
// What a network took and told of as failed has no dead letter. As long as its text is kept (the stream SENT) it can be sent
// again: [Look] finds it, [Resend] puts it on its way.
package deadletter
