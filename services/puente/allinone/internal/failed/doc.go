// Package failed has the commands about what did not arrive: failures, dead, replay, calls. Each is a function that returns the
// command.
package failed
