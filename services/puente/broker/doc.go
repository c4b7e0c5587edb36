// Package broker is what an operator does at the broker of a bridge itself, past its control API: write a backup and bring one back,
// print a stored message, write a file for whoever helps.
//
//	err := broker.Backup(ctx, broker.Place{File: "puente.yaml"}, "puente.backup", os.Stdout)
//
// All but [Restore] go on beside a running bridge, and change nothing. What a bridge is asked by its control API is package operate's.
package broker
