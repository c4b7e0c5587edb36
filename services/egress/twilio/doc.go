// Package twilio is the Twilio network: SMS, MMS and WhatsApp by Programmable Messaging, one sender a channel.
//
// It reads the calls that Twilio makes for incoming messages and for the statuses of outgoing ones ([Network].Receive),
// creates messages, fetches the media that came in, and registers the webhook of a number. A contact is a phone number
// in E.164, whatever channel it writes on: the sender of the account says which one that is, and of a Messaging Service,
// which may have several, the contact's last message does.
//
// Twilio has no idempotency key. It is told with each message where its statuses go, and our id stands in that URL, so
// that a status settles a send whose answer was lost.
//
//	runtime.Main(twilio.Network)
package twilio
