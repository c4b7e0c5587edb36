// Package integrity finds what a damaged store has lost. The broker keeps a stream in files, and a file that is cut off,
// or restored from an older copy, takes messages away without a sign. INDEX says which messages were taken: [Find] holds it
// against the queues and the outcomes, and [End] gives what is nowhere an outcome, so that somebody is told.
package integrity
