// Package content makes what a message from a contact says, in the canonical form that every platform is told in:
//
//	provider.MessageEvent(id, contact, content.WithNotes(content.Text(body), content.Note("forwarded from", name)))
//
// What has no canonical form becomes a text in brackets, "[poll: Lunch?]", so that the agent knows that there was
// something. It is pure, and puts no bound on what a contact wrote, but for what a [Note] quotes.
package content
