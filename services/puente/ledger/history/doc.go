// Package history is what happened in one run of a ledger, and what of it must not be: messages that were accepted, what
// the far ends saw and when, what was done to the processes. A [Recorder] writes it, [History.Judge] finds all that does
// not hold.
//
// It starts nothing and calls nobody. Why something broke is not its job.
package history
