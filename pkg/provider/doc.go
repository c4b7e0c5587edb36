// Package provider is the SDK for messaging networks: everything Puente knows about a network is one [Network] value.
//
// A network says how its webhook calls are verified (Webhook) and read (Receive), what it carries (Carries), how much
// it takes (Rate), and opens a [Sender] for an account. The SDK owns everything else: ownership of channels, one lane
// per contact, budgets, retries, resuming of split messages, spans, health and shutdown. [Main] is a network's whole
// program; the all-in-one runs the same value.
//
// What became of a send is its error: nil is accepted by the network, [Reject] is final, [Wait] spends no attempt,
// [Suspend] stops the channel until its credentials change, [Uncertain] is a request whose answer was lost, and
// anything else is tried again. See [Classify].
//
// It is not a network's job to retry, to sleep, to log, or to build an HTTP client: [Client] does that.
package provider
