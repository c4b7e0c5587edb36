// Package progress knows how far a partition is finished. It is what package consume stores in the lease record, so that the next owner
// begins there and misses nothing. It knows no broker, and what an entry is only by its place.
//
//   - [Position] passes an entry when all before it are finished. It is for streams that keep what was read.
//   - [Progress] passes one that is set aside too, and knows what of the finished can leave the stream. It is for streams of
//     unfinished work.
//   - [Holds] and [Tally] count what an entry waits for besides the work on it.
//
// All types are safe for concurrent use.
package progress
