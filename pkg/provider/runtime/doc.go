// Package runtime runs networks: it is the program around a [provider.Network] or a [provider.Platform].
//
//	func main() { runtime.Main(acme.Network) }
//
// [Main] is a network's whole program, [Service] the same for a program that runs several, and [Run] serves a network with
// a bus that is there already. Package registration works with one account, once, without a bridge.
//
// Authors of networks need package provider alone. It is not this package's job to know a network: whatever differs
// between two of them is declared in package provider.
package runtime
