package provider

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Event is one thing that a network's call says: a message, an echo, a receipt, what cannot be read, or what is of no
// interest. It is made by one of the constructors below, and by nothing else; one that lacks what belongs to its kind is
// made unreadable, so that it ends in the dead letters and not in silence. Its fields are there to be read:
//
//	Key         the network's own id of the event
//	Contact     whom it is about
//	At          when, by the network's clock; zero for the time at which the call came
//	Content     of a message or an echo
//	Edited      a later version of a message; Edits is the Key of its first, "" where the network does not say
//	Echo        somebody of the business sent it, by other means than this bridge; Ref is the network's id of it
//	Account     the [Identity] of the account that it is about, "" for that which was called
//	Reply       how the contact can be answered after it, nil where that is no matter
//	State       what is kept of the contact from then on, nil for nothing new
//	Receipt     of a receipt
//	Unreadable  why it cannot be read
//	Ignored     why it is of no interest
type Event struct{ said }

// said is what an [Event] holds. That it is embedded keeps others from writing an Event as a literal.
type said struct {
	Key     string
	Contact *messagev1.Contact
	At      time.Time

	Content *messagev1.Content
	Edited  bool
	Edits   string
	Echo    bool
	Ref     string

	Account string
	Reply   *Reply
	State   map[string]string
	Receipt *Receipt

	Unreadable string
	Ignored    string
}

// MessageEvent is a message from a contact. The key is the network's own id of the event, the same however often it is
// told; with its kind and version where one id stands for several (an edit, a callback), and with its chat where ids count
// per chat. Where the network tells several addresses of one person (Confirms.Aliases), the contact's Address is the one
// to write to.
func MessageEvent(key string, contact *messagev1.Contact, content *messagev1.Content) Event {
	switch {
	case key == "":
		return UnreadableEvent("a message has no id")
	case contact.GetAddress() == "":
		return UnreadableEvent("a message is from nobody")
	case content.GetKind() == nil:
		return UnreadableEvent("a message has no content")
	}
	return Event{said{Key: key, Contact: contact, Content: content}}
}

// EchoEvent is a message that somebody of the business sent to a contact by other means than this bridge, such as an app.
// ref is the network's id of it: where it is one that Send returned, the message was ours and is not shown twice. It needs
// Confirms.Echoes.
func EchoEvent(key string, contact *messagev1.Contact, content *messagev1.Content, ref string) Event {
	e := MessageEvent(key, contact, content)
	if e.Unreadable == "" {
		e.Echo, e.Ref = true, ref
	}
	return e
}

// ReceiptEvent is the network's word on a message that it took. It needs Confirms.Receipts.
func ReceiptEvent(key string, r Receipt) Event {
	switch {
	case key == "":
		return UnreadableEvent("a receipt has no id")
	case r.UpTo:
		return UnreadableEvent("a receipt for all so far names no contact")
	case r.Ref == "" && r.OwnID == "":
		return UnreadableEvent("a receipt is about no message")
	case r.Status == eventv1.Status_STATUS_UNSPECIFIED:
		return UnreadableEvent("a receipt has no status")
	}
	return Event{said{Key: key, Receipt: &r}}
}

// WatermarkEvent is a receipt for all that a contact was sent, up to and with the message that ref names; or, where ref is
// "", up to the event's time. It needs Confirms.Watermarks.
func WatermarkEvent(key string, contact *messagev1.Contact, status eventv1.Status, ref string) Event {
	switch {
	case key == "":
		return UnreadableEvent("a receipt has no id")
	case contact.GetAddress() == "":
		return UnreadableEvent("a receipt is from nobody")
	case status == eventv1.Status_STATUS_UNSPECIFIED:
		return UnreadableEvent("a receipt has no status")
	}
	return Event{said{Key: key, Contact: contact, Receipt: &Receipt{UpTo: true, Ref: ref, Status: status}}}
}

// UnreadableEvent is an event that cannot be read. The reason says what is missing, "a message has no message_id", and
// holds nothing that the event says; see [Misread]. The event goes to the dead letters with it, the others of its call go
// on.
func UnreadableEvent(reason string) Event {
	return Event{said{Unreadable: cmp.Or(reason, "an event cannot be read")}}
}

// Misread is the reason why a piece of JSON cannot be read, for [Event.Unreadable]: what it is and where the decoder
// stopped, without what stood there. "a message" makes "a message cannot be read at from.id".
func Misread(what string, err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return fmt.Sprintf("%s cannot be read at %s", what, t.Field)
	}
	return what + " cannot be read"
}

// IgnoredEvent is an event of no interest here. The word or two say why, and are the same for all of a kind ("group
// chat"): it is counted under them. It is for what the network's documentation tells of and nobody would miss.
func IgnoredEvent(why string) Event {
	if why == "" {
		return UnreadableEvent("an event is ignored without a reason")
	}
	return Event{said{Ignored: why}}
}

// WithContact says whom a receipt is about, where the network tells. On an event that is unreadable or ignored it says
// nothing, as do the methods below.
func (e Event) WithContact(c *messagev1.Contact) Event {
	if e.read() {
		e.Contact = c
	}
	return e
}

// WithTime says when it was, by the network's clock; a zero time says nothing.
func (e Event) WithTime(at time.Time) Event {
	if e.read() {
		e.At = at
	}
	return e
}

// AsEdit marks a later version of a message. first is the key of its first version, "" where the network does not say
// which message was edited: networks tell of edits that change nothing, and these are dropped.
func (e Event) AsEdit(first string) Event {
	if e.read() {
		e.Edited, e.Edits = true, first
	}
	return e
}

// WithReply says how the contact can be answered after this, for a while. See [Replies].
func (e Event) WithReply(r Reply) Event {
	if e.read() {
		e.Reply = &r
	}
	return e
}

// WithState keeps a value of the contact for good, before the message goes on: Host.State.Contact has it from then on. An event that is
// older than what is kept changes nothing, by [Event.WithTime] where there is one. It is for messages; see [ContactState] for its
// bounds, beyond which nothing is kept.
func (e Event) WithState(key, value string) Event {
	if e.read() {
		e.State = maps.Clone(e.State)
		if e.State == nil {
			e.State = map[string]string{}
		}
		e.State[key] = value
	}
	return e
}

// ForAccount says that the event may be about another account than the one that was called, by its [Identity]: it goes to
// the channel of that account, if there is one for which the call is authentic too. "" is the account that was called.
func (e Event) ForAccount(identity string) Event {
	e.Account = identity
	return e
}

// read says that the event says something.
func (e Event) read() bool { return e.Unreadable == "" && e.Ignored == "" }

// Receipt is the network's word on a message it took. Ref or OwnID names the message.
//
// A Ref that no send of ours returned within an hour was of something foreign, and says nothing.
type Receipt struct {
	// UpTo is set by [WatermarkEvent], and by nothing else.
	UpTo bool
	// Ref is the network's id, as Send returned it.
	Ref string
	// OwnID is the send's [IdempotencyKey], where the network hands it back; it wins over Ref.
	OwnID string
	// Status is what became of the message; it is required.
	Status eventv1.Status
	// Reason is why it failed, as the agent reads it: no personal data. The zero value where the network does not say.
	Reason reason.Reason
}
