// Package matrixtest is a stand-in for a homeserver on a loopback port, for tests: of this network, and of whole bridges
// in other processes, which reach it by an account's homeserver setting.
//
// It judges every call by the specification, keeps rooms, memberships, account data and messages, drops repeats of a
// transaction id, lets itself be synced with, and calls the application service with transactions in order, the same one
// again until it is taken. It fails as a test tells it to. It knows one application service with one user, any number of
// people, and nothing of federation or power.
//
//	hs := matrixtest.NewServer(matrixtest.Registration{ASToken: "as", HSToken: "hs", Name: "soporte", ServerName: "example.org"})
//	defer hs.Close()
//	hs.Push(webhookURL)
//	hs.Say("@ana:example.org", "Hola")
//	…
//	sent, err := hs.Wait(ctx, "@ana:example.org", 1)
package matrixtest
