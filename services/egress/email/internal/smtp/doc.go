// Package smtp is the client's side of a submission server (RFC 5321, RFC 6409), for one message on one connection: greeting, EHLO,
// STARTTLS, AUTH, MAIL, RCPT, DATA, with DSN (RFC 3461), SIZE (RFC 1870) and SMTPUTF8 (RFC 6531) where the server offers them.
//
// It is of our own because what became of a message depends on the step at which an answer was lost, with its enhanced status code,
// and because an error of it holds nothing that a server says but codes.
package smtp
