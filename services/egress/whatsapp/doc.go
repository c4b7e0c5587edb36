// Package whatsapp is the WhatsApp network: one business phone number of Meta's Cloud API.
//
// It reads the calls of the number's webhook ([Network].Receive), sends messages, fetches the files that came in, and
// registers the webhook. Groups and calls are ignored: a contact is a person.
//
// A contact's address is the phone number in E.164 or, of people who hide theirs behind a username, the user id that
// WhatsApp made for this business ("ES.1502576394655843"). Where both are told the number is the address, and the user
// id an alias. What WhatsApp spells otherwise than it was given (Mexico, Argentina, Brazil) is an alias too.
//
// A business may write freely for 24 hours after a contact's last message. After that only an approved template is
// taken; see [Account].Template.
//
// A call is read without knowing whose it is. So the webhook policy admits only those whose first change is about the
// account's own number, and [provider.Setter] registers a callback for this number alone: other numbers of the same
// WhatsApp Business account have theirs.
//
//	runtime.Main(whatsapp.Network)
package whatsapp
