// Package delivery sends what waits for one destination, a network or the platform. Every message ends with one outcome
// under its key: sent, failed or expired.
//
//	err := delivery.Config{Far: "telegram", Channels: channels, Validity: 24 * time.Hour, …}.Run(ctx, b, group)
//
// The rule that makes a crash harmless: a final outcome is stored before the message
// leaves its stream and before its contact's next one is sent. What a dead process may have sent is looked up before it is
// sent again, so that only what was on the wire at that moment can be sent twice.
//
// One message, in the order of the files: dispatcher.go gives what it reads of its partitions to the senders of the channels; preflight.go asks
// everything that has to be known before the message may be sent; admission.go says how long it has to wait for the
// rates, for a paused channel (pause.go), a suspended one (suspension.go) or for a destination that fails (packages rates and circuit);
// attempt.go sends it and decides what follows; outcome.go stores what became of it. uncertain.go is about sends whose
// answer was lost, refusal.go about credentials that are refused; package fault judges whose fault it is.
//
// What is told meanwhile: stay.go, why a message waits; standing.go, that a channel is held or goes on; live.go, the answer
// to whoever asks the process ([topology.LaneSubject]).
//
// It does not know what a network is: [Channel.Send] is its way out, and [result.Result] what comes back. It is not its job
// to read streams (pkg/consume) or to say which process sends for a channel (pkg/shard).
package delivery
