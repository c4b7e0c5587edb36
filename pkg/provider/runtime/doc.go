// Package runtime runs networks: it is the program around a [provider.Network] or a [provider.Platform].
//
//	func main() { runtime.Main(acme.Network) }
//
// [Main] is a network's whole program, [Service] the same for a program that runs several, and [Run] serves a network with
// a bus that is there already. Package registration works with one account, once, without a bridge.
//
// The way in: ingress stores a call, or this package does for a network that is listened to (listen.go). receive.go gives the stored call
// to the network's code, and events.go publishes what it tells of, to MESSAGES and OUTCOMES_*. The way out: deliver.go gives the
// network's limits and its Send to package delivery. channels.go follows the configuration, account.go opens accounts, setup.go
// registers their webhooks, and answer.go answers what other services ask.
//
// What knows nothing of a running channel stands in packages of its own, below internal: attachments fetches and stores what contacts
// sent as files, storage has the values, reply tokens and files of a [provider.Host], heard is what becomes of events that make no
// message, checkup tells what is wrong with a channel's set-up, and declaration publishes what the network declares, with its vendor's keys.
//
// Many goroutines call a network's code at once, also for one channel. A panic in it fails that one call. What it returns is checked: an
// event that lacks something becomes a dead letter, and an id from outside is replaced by its digest before it becomes part of a
// subject.
//
// Authors of networks need package provider and those that it names, and of this package only [Main]. Nothing here knows a network:
// whatever differs between two of them is declared with package provider.
package runtime
