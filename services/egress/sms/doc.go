// Package sms is the network of SMS providers that have an HTTP API: any of them, since the account declares how one is
// called, what its answers mean, and how its own calls read. Some are declared beforehand, in the folder providers.
//
// # A declaration
//
// It is data, and has no code. send says what request a message becomes ([Send]), incoming how calls read ([Incoming]).
//
// The texts of a request are templates: named fields in braces, "Bearer {key}". A value is escaped for the place where it
// stands: as a segment of a path, a value of a query or of a form, a string of JSON, a header. So no text that a person
// writes changes anything but itself. "{{" is a brace.
//
//	{to} {to_digits}      the contact's number, +34600111222, and without its plus
//	{from} {from_digits}  the account's from, as it is, and without a plus
//	{text}                what is sent; only in a query, a form or JSON
//	{id}                  our id of the message, up to 36 characters
//	{encoding}            what the declaration's encoding says for this text
//	{receipts}            where receipts are to be sent: the channel's webhook, with its secret
//	{user} {password} {key}  the account's credentials; a password or a key may stand in a URL, where the provider wants it so
//
// What is a field alone and has no value is left out, such as the sender of an account without from.
//
// What is read has a place: "json:/data/id" is a JSON pointer (RFC 6901), "form:From" a field of a form, "query:id" a parameter,
// "header:X-Id" a header, "text:ID: " what follows these words at the start of a plain text, up to a blank. A list of places
// is the first of them that says anything.
//
// # What it does not do
//
// MMS, prices, scheduling, and calls that are signed: calls are admitted by the account's secret. A text that has no id of
// the provider's is refused, since nobody could tell a repeat from a second message.
//
//	runtime.Main(sms.Network)
package sms
