// Package imap is as much of an IMAP client (RFC 9051, RFC 3501) as a mailbox needs that is only read: log in, look which mails there
// are, fetch heads, structures and parts, wait for what comes.
//
// It is of our own so that nothing runs beside who calls it, every read has a bound of time and of memory, nothing that a server says
// can bring the process down or stand in an error, and the connection is the bridge's own.
package imap
