// Package deadletter keeps messages, statuses and calls that a service gave up: each whole and with its reason, on the stream DEAD. A
// service calls [Bury] before it deletes the entry from its stream. An operator finds it with [List] and [Read], and [Replay] brings
// it back when the cause is gone.
//
//	letters, _, err := deadletter.List(ctx, b, deadletter.Query{Channel: "chn_01"})
//	for _, together := range deadletter.Group(letters) {
//		_, err := deadletter.Replay(ctx, b, together)
//	}
//
// A letter holds content and an address, which [Read] and [Open] return. They belong in no log. Every function is safe for
// concurrent use, by several processes too.
//
// DEAD keeps a letter for 30 days ([topology.KeepDead]), in about a twentieth of the store. When it is full [Bury] fails with
// [bus.ErrNoRoom], and nothing can be given up until letters are replayed or too old: entries stay in their stream and are tried again.
//
// How a letter comes back depends on where its entry was. An entry of EGRESS_* was ready for its destination: it is published there
// again, under keys of the next generation. An entry of MESSAGES goes through the translator again. A call, from WEBHOOKS_*, is read
// again. Statuses and outcomes do not come back.
//
// A message that a network took and later reported as failed has no dead letter. As long as its text is kept, on the stream SENT, it can
// be sent again: [Look] finds it, [Resend] puts it on its way.
package deadletter
