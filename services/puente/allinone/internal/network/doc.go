// Package network has the commands about networks: those that there are, and a new one. Each is a function that returns the command.
package network
