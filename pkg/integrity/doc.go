// Package integrity finds what a damaged store has lost. The broker keeps a stream in files, and a file that is cut
// off, or restored from an older copy, loses messages without a sign. The stream INDEX says which messages were taken. [Find]
// compares it with the streams of unfinished work and the outcomes, and [End] stores an outcome for a message that is nowhere, so
// that somebody is told.
//
//	err := integrity.Find(ctx, b, func(m integrity.Missing) error {
//		if m.Status {
//			return tellAgain(ctx, m) // the message has ended: only the news of it is missing
//		}
//		return integrity.End(ctx, b, m, outcomeOf(m))
//	})
//
// The translator does this when it starts, while other services may work. A message counts as missing only if it is in no stream of
// unfinished work, has no outcome and no dead letter: to end a message that is on its way would tell an agent that it failed, and
// then deliver it. In doubt a message is not missing.
//
// No message is brought back: a text that was lost cannot be sent any more.
package integrity
