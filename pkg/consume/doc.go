// Package consume reads the streams for the services. It brings each stored message to a handler, in the order of its
// contact, and lets it leave the stream only when the handler has finished it. Only this package acknowledges.
//
// There are two ways to read:
//
//   - [Work] takes a work queue apart by partition and contact: MESSAGES at the translator. What is handled leaves the
//     stream. [Queue] is the same for one shard, for who decides more than "done" and "again": pkg/delivery.
//   - [Follow] reads a stream with limits, WEBHOOKS_* or OUTCOMES_*, and remembers how far it came. What is read stays
//     until it is old.
//
// A handler returns nil for what is done, [RetryAfter] for what has to wait, [Permanent] for what can never be done:
// that goes to the dead letters. Any other error is tried again, for ever, with pauses from 0.1 to 5 s.
//
// The processes of a service share the shards of a stream by leases ([shard.Group]); each shard has one reader at a
// time. A crash leaves what was begun to the next reader, which reads it again: every handler has to bear a repeat,
// which is marked ([Entry.Suspect], and what is published under the handler's context).
//
// What waits in memory is a ticket of 16 bytes for each message. The messages themselves are kept up to [HeldBytes]
// in the whole process, and read again when their turn comes where that is full.
//
// In the order of a message: queue.go makes a consumer for a shard, session.go takes what it delivers, entry.go is
// what a handler gets, work.go and follow.go call the handler, errors.go is what it can answer. position.go and
// retention.go are about streams with limits only.
package consume
