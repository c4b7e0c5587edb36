// Package runtime runs networks: it is the program around a [provider.Network] or a [provider.Platform].
//
//	func main() { runtime.Main(acme.Network) }
//
// [Main] is a network's whole program, [Service] the same for a program that runs several, and [Run] serves a network with
// a bus that is there already. Package registration works with one account, once, without a bridge.
//
// What comes in: a call is stored by ingress, or by this package where a network is listened to (listen.go). receive.go has the
// network's code read it, fetches attachments (fetch.go) and publishes messages, echoes and receipts to MESSAGES and OUTCOMES_*. What goes out:
// deliver.go gives package delivery the network's limits and its Send. channels.go follows the configuration and opens accounts.
//
// A network's code is called by many goroutines at once, for one channel too. A panic in it ends the one call that met it. What it
// returns is not trusted: an event that lacks something is a dead letter, an id from outside is a digest before it is in a
// subject.
//
// Authors of networks need package provider, and those that it names; of this one Main alone. It is not this package's job
// to know a network: whatever differs between two of them is declared in package provider.
package runtime
