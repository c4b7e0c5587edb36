// Package operate is what an operator asks of a bridge that runs: which messages could not be delivered, what one of them
// says, and that they be tried again. It connects to the bridge's broker, so it works beside any layout of processes, and
// writes plain text for a terminal.
//
//	d := operate.DeadLetters{Broker: operate.Broker{File: "puente.yaml"}, Networks: set.Names(), Out: os.Stdout}
//	err := d.List(ctx, deadletter.Query{Channel: "k7m2q9x4t8w1zb", Limit: 100})
package operate
