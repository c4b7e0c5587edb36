// Package operate is the way of an operator to a bridge that runs: its control API (puente.control.v1), the one of "puente up" on
// the same machine or any other, with the language and the place where answers are written.
//
//	there, err := api.Find(api.Target{}, os.Getenv, out)
//	op := operate.Operator{Client: api.NewClient(there), Output: out}
//	err = messages.Where(ctx, op, "+34600111222", messages.WhereOptions{})
//
// What is asked, and what the bridge is told to do, are functions of the packages below: messages, channels, failures, calls and
// system, one for each service of the API, and changes, about its configuration. What is said stands in package render, in two
// languages; an error says with which status a command ends (package exit). It is not their job to read a command line.
package operate
