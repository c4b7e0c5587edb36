// Package runtime runs networks: it is the program around a [provider.Network] or a [provider.Platform].
//
//	func main() { runtime.Main(acme.Network) }
//
// [Main] is a network's whole program, [Service] the same for a program that runs several, and [Run] serves a network with
// a bus that is there already. Package registration works with one account, once, without a bridge.
//
// The way in: ingress stores a call, or this package does for a network that is listened to (listen.go). receive.go gives the stored call
// to the network's code, fetches attachments (fetch.go), and publishes messages, echoes and receipts to MESSAGES and OUTCOMES_*. The
// way out: deliver.go gives the network's limits and its Send to package delivery. channels.go follows the configuration and opens
// accounts. What knows no channel stands in packages of its own: internal/fetchlimit bounds fetches, internal/heard is what becomes of
// events that make no message.
//
// Many goroutines call a network's code at once, also for one channel. A panic in it fails that one call. What it returns is checked: an
// event that lacks something becomes a dead letter, and an id from outside is replaced by its digest before it becomes part of a
// subject.
//
// Authors of networks need package provider and those that it names, and of this package only [Main]. Nothing here knows a network:
// whatever differs between two of them is declared with package provider.
package runtime
