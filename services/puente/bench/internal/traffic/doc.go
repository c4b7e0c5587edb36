// Package traffic is what a side of a bench carries: messages that the platform, or the network, posts to it, or that are stored for a
// process that sends them; and the far ends where they arrive, which count them. All that is sent at a time is a phase, and each
// message says which it is of.
//
//	far, err := traffic.Listen()
//	err = traffic.Load{Name: "bridge", Base: "http://127.0.0.1:8080", Channels: 10, Contacts: 1000}.Volley(ctx, far, 3000)
//
// What it costs to carry is not its job.
package traffic
