// Package email is the e-mail network: a mailbox, read by IMAP and answered by SMTP.
//
// Whoever listens to the channel holds one connection to the mailbox and waits there by IDLE. Of each mail it stores header, structure
// and text; files stay where they are and are fetched part by part. A contact is an address. What is sent carries a message id that is
// made of the message's key, by which reports of servers (DSN) are known, and stands in the thread of what the contact wrote last.
//
// The clients of both protocols are internal/imap and internal/smtp; internal/letter reads and writes mails.
//
//	runtime.Main(email.Network)
package email
