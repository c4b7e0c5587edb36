// Package e2e starts the real program as a child process, with stand-ins for both destinations on loopback, and does
// to it what the world does: forged calls, floods, outages, SIGKILL. It consists of tests alone.
//
// With PUENTE_BROWSER=1 the console is looked at in Chromium, and with PUENTE_SHOTS=FOLDER its screenshots are kept there.
package e2e
