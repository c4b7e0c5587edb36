// Package operate is what an operator asks of a bridge that runs, and has it do: by its control API (puente.control.v1), the
// one of "puente up" on the same machine or any other.
//
//	there, err := operate.Find(operate.Where{})
//	op := operate.Operator{Client: operate.NewClient(there), Output: out}
//	err = op.Where(ctx, "+34600111222", operate.WhereOptions{})
//
// What is said stands in package render, in two languages; an error says with which status a command ends. It is not its
// job to read a command line.
package operate
