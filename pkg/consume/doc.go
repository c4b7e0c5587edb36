// Package consume reads the streams for the services. It gives each stored message to a handler, in the order of its contact, and
// remembers that it is finished when the handler has finished it.
//
// There are two ways to read. Both read a partition in the stream's order, from a position that is stored in the lease record:
//
//   - [Feed] is for streams of unfinished work: MESSAGES and EGRESS_*. An entry that is finished leaves the stream. [Work] is a Feed
//     for a service that only says "done" or "again".
//   - [Follow] is for streams that keep what was read for a time: WEBHOOKS_* and OUTCOMES_*.
//
// # What a handler answers
//
// nil finishes the entry. [RetryAfter] has it come back after a time. [Permanent] moves it to the dead letters. Any other error has it
// tried again, without end, after 0.1 to 5 s. What is behind the entry in its lane waits meanwhile; other lanes go on.
//
// # What can happen
//
// The processes of a service share the partitions of a stream by leases ([shard.Group]); each partition has one reader at a time. After a
// crash the next reader reads again what was not finished, and some of what was. So every handler has to bear a repeat. It is
// marked: by [Entry.Suspect] for the handler, and in what the handler publishes under its context for those behind it.
//
// An entry that is unfinished after five seconds is set aside: it stays in the stream and in its lane, and the position passes it. So
// one that waits for an hour holds back nothing else, and costs the next owner one read.
//
// # What it costs
//
// A message that waits takes 24 bytes of memory. Its body is kept as long as the process keeps less than [HeldBytes] for all of them;
// otherwise it is read again when its turn comes, which takes about 0.1 ms.
//
// # Where to look
//
// In the order of a message: feed.go takes a partition, partition.go finds where it was left, read.go reads it into
// queues, one for each channel, and inherit.go reads what was set aside in it before; queue.go has what waits of a channel.
// entry.go is what a handler gets, work.go and follow.go call it, errors.go is what it can answer. internal/progress knows how far the
// partition is finished; keep.go stores that and removes what is finished. position.go and retention.go do so for [Follow].
// internal/budget bounds what is kept in memory. look.go tells an operator what waits.
package consume
