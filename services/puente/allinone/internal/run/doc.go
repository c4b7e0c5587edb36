// Package run has the commands that run a bridge and say what it runs with: up, init, check, setup, diff, reload, apply, nats; and the
// hidden process, by which the ledger and the bench start what they measure. Each is a function that returns the command.
package run
