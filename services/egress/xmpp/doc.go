// Package xmpp is the XMPP network: chats with people on XMPP servers, by an external component of one's own server.
//
// One stream (XEP-0114) is held by whoever listens to the channel, and is what messages go over. It has no
// acknowledgements: a message counts as sent when the server has handed back what was written behind it, and a receipt
// goes to a contact only once the message is stored. A contact is a bare JID.
//
// The codec is internal/stanza, on encoding/xml: a library brings sessions, reconnecting and handlers of its own, which the
// bridge has to have in its hands, since it answers only for what is stored.
//
//	runtime.Main(xmpp.Network)
package xmpp
