// Package consume reads the streams for the services. It brings each stored message to a handler, in the order of its
// contact, and says that it is done when the handler has finished it.
//
// There are two ways to read, both by partition and in the stream's order, from a position that the lease record keeps:
//
//   - [Feed] is for streams that hold unfinished work: MESSAGES and EGRESS_*. What is finished leaves the stream. [Work] is the
//     same for who only has to say "done" and "again".
//   - [Follow] is for streams that are kept for a time, WEBHOOKS_* or OUTCOMES_*. What is read stays until it is old.
//
// A handler returns nil for what is done, [RetryAfter] for what has to wait, [Permanent] for what can never be done:
// that goes to the dead letters. Any other error is tried again, for ever, with pauses from 0.1 to 5 s.
//
// The processes of a service share the partitions of a stream by leases ([shard.Group]); each has one reader at a
// time. A crash leaves what was begun to the next reader, which reads it again: every handler has to bear a repeat,
// which is marked ([Entry.Suspect], and what is published under the handler's context).
//
// What waits in memory is 24 bytes for each message. The messages themselves are kept up to [HeldBytes]
// in the whole process, and read again when their turn comes where that is full.
//
// In the order of a message: feed.go takes a partition, read.go reads it, inherit.go what was set aside in it before; queue.go has what waits of a
// channel; entry.go is what a handler gets, work.go and follow.go call the handler, errors.go is what it can answer, hold.go what it can wait for; progress.go
// knows how far the partition is finished, keep.go stores that and takes out what is. position.go and retention.go are the same
// for [Follow].
package consume
