// Package operate is what an operator asks of a bridge that runs, and has it do: by its control API (puente.control.v1), the
// one of "puente up" on the same machine or any other.
//
//	there, err := api.Find(api.Target{}, os.Getenv, out)
//	op := operate.Operator{Client: api.NewClient(there), Output: out}
//	err = op.Where(ctx, "+34600111222", operate.WhereOptions{})
//
// What is said stands in package render, in two languages; an error says with which status a command ends (package exit). It is not its
// job to read a command line.
package operate
