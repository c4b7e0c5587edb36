// Package e2e starts the real program as a child process, with stand-ins for both far ends on loopback, and does
// to it what the world does: forged calls, floods, outages, SIGKILL. It consists of tests alone.
package e2e
