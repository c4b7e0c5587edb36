// Package integrity finds what a damaged store has lost. The broker keeps a stream in files, and a file that is cut
// off, or restored from an older copy, takes messages away without a sign. INDEX says which messages were taken:
// [Find] holds it against the queues and the outcomes, and [End] gives what is nowhere an outcome, so that somebody
// is told.
//
//	err := integrity.Find(ctx, b, func(m integrity.Missing) error {
//		if m.Status {
//			return tellAgain(ctx, m) // the message has ended: only the news of it is missing
//		}
//		return integrity.End(ctx, b, m, outcomeOf(m))
//	})
//
// The translator does this when it starts, while others may work. A message is told of as missing only where its
// queue, its outcome and its dead letter are all gone: to end one that is on its way would tell an agent that it
// failed, and then deliver it. What cannot be known for certain is not told.
//
// It brings no message back: what was lost cannot be sent any more.
package integrity
