// Package ask has the commands that ask a running bridge how it stands, or its broker what it keeps: status, console, where, channels,
// pause, resume, tail, trigger, backup, restore, stored, support. Each is a function that returns the command.
package ask
