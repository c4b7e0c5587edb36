package provider

import (
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Event is one thing that a network's call says. Exactly one of Content, Receipt, Unreadable and Ignored is set.
type Event struct {
	// Key is the network's own id of the event, the same however often it is told; with its kind and version where one
	// id stands for several (an edit, a callback), and with its chat where ids count per chat. Required but for Ignored and Unreadable.
	Key string
	// Contact is whom it is about. Required with Content. Where the network tells several addresses of one person
	// (Confirms.Aliases), Address is the one to write to.
	Contact *messagev1.Contact
	// At is when, by the network's clock.
	At time.Time

	// Content is a message from the contact, or an echo where Echo is set.
	Content *messagev1.Content
	// Edited marks a later version of a message, and Edits is the Key of its first: networks tell of edits that change
	// nothing, and these are dropped. "" where the network does not say which message was edited.
	Edited bool
	Edits  string
	// Echo says that somebody of the business sent it, by other means than this bridge; Ref is the network's id of it.
	Echo bool
	Ref  string

	// Account is the [Identity] of the account that the event is about, where that may be another than the one that was
	// called: the event goes to the channel of that account, if there is one for which the call is authentic too. "" is
	// the account that was called.
	Account string

	// Reply is how the contact can be answered after this, for a while; nil where that is no matter. See [Replies].
	Reply *Reply

	// Receipt is the network's word on a message it took.
	Receipt *Receipt

	// Unreadable says why an event cannot be read, with what is missing: "a message has no message_id". It holds nothing
	// that the event says. The event goes to the dead letters with it, the others of its call go on.
	Unreadable string

	// Ignored says why an event is of no interest here, in a word or two that is the same for all of its kind
	// ("group chat"); it is counted under it. It is for what the network's documentation tells of and nobody would miss.
	Ignored string
}

// Receipt is the network's word on a message it took. Ref or OwnID names the message.
//
// A watermark (UpTo) is about all that the event's Contact was sent, up to and with the message that Ref names; or, where
// none is named, up to the event's At. It needs Confirms.Watermarks. A Ref that no send of ours returned within an hour
// was of something foreign, and says nothing.
type Receipt struct {
	UpTo bool
	// Ref is the network's id, as Send returned it.
	Ref string
	// OwnID is the send's [IdempotencyKey], where the network hands it back; it wins over Ref.
	OwnID  string
	Status eventv1.Status
	// Reason is why it failed, as the agent reads it: no personal data.
	Reason string
}

// Text is the content of a plain text.
func Text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

// Attachment is the content of a file.
func Attachment(a *messagev1.Attachment) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: a}}
}

// Location is the content of a place.
func Location(latitude, longitude float64, address string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Location{
		Location: &messagev1.Location{Latitude: latitude, Longitude: longitude, Address: address},
	}}
}
