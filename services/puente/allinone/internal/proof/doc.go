// Package proof has the commands that prove and measure: ledger and bench. Each is a function that returns the command.
package proof
