// Package ledger proves that nothing is lost, doubled or reordered under faults. It runs far ends that write down all
// they see, sends both ways through real processes, kills and freezes those, and judges what was written down.
//
// The far ends fail on purpose: 5xx, resets before and after acceptance, Retry-After, slow answers, receipts before the
// answer and out of order, repeated webhooks, an outage of the platform. What strikes which message follows from the
// seed, and so does the schedule of kills; the moments within are the machine's.
//
// What was written down, and the judge of it, is package history; the far ends are package farends, and how vendors speak is package
// vendors. Here is what is sent, what is done to processes, and when all is over. It is not the job of any to measure speed.
//
//	verdict, err := ledger.Run(ctx, ledger.Options{Layout: ledger.AllInOne, Messages: 2000, Contacts: 40, Channels: 4, Kills: 5}, os.Stdout)
package ledger
