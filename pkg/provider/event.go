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

// Event is one thing that a network's call says: a message, an echo, a receipt, something that cannot be read, or something of no
// interest. Only the constructors below make one. If something that its kind needs is missing, they make it unreadable, so that it
// becomes a dead letter and is not lost in silence. Its fields can only be read:
//
//	Key         the network's own id of the event
//	Contact     the contact that it is about
//	At          when, by the network's clock; zero for the time at which the call came
//	Content     of a message or an echo
//	Edited      it is a later version of a message; Edits is the Key of the first version, "" if the network does not say
//	Echo        the business sent it by other means than this bridge; Ref is the network's id of it
//	Account     the [Identity] of the account that it is about, "" for the account that was called
//	Reply       how the contact can be answered after it; nil if nothing is said
//	State       a value to keep of the contact from then on; nil for nothing new
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

// MessageEvent is a message from a contact. The key is the network's own id of the event, the same however often the network tells it. If
// one id stands for several events (an edit, a callback), the key has its kind and version too; if ids count per chat, it has the chat
// too. If the network tells several addresses of one person ([Confirms].Aliases), the contact's Address is the one to write to.
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

// EchoEvent is a message that the business sent to a contact by other means than this bridge, such as an app. ref is the network's id of
// the message: if Send returned this id, the message was ours and is not shown twice. It needs [Confirms].Echoes.
func EchoEvent(key string, contact *messagev1.Contact, content *messagev1.Content, ref string) Event {
	e := MessageEvent(key, contact, content)
	if e.Unreadable == "" {
		e.Echo, e.Ref = true, ref
	}
	return e
}

// ReceiptEvent is what the network tells about a message that it took. It needs [Confirms].Receipts.
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

// WatermarkEvent is a receipt for everything that a contact was sent, up to and including the message that ref names; with ref "", up to
// the event's time. It needs [Confirms].Watermarks.
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

// UnreadableEvent is an event that cannot be read. The reason says what is missing, "a message has no message_id", and quotes nothing of the
// event; see [Misread]. The event becomes a dead letter with this reason. The other events of its call go on.
func UnreadableEvent(reason string) Event {
	return Event{said{Unreadable: cmp.Or(reason, "an event cannot be read")}}
}

// Misread is a reason for [UnreadableEvent] for a piece of JSON that cannot be read: what it is and where the decoder stopped, without
// quoting it. "a message" makes "a message cannot be read at from.id".
func Misread(what string, err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return fmt.Sprintf("%s cannot be read at %s", what, t.Field)
	}
	return what + " cannot be read"
}

// IgnoredEvent is an event that nobody would miss, of a kind that the network's documentation describes. why is a word or two, the same for
// all events of a kind ("group chat"): the log counts by it.
func IgnoredEvent(why string) Event {
	if why == "" {
		return UnreadableEvent("an event is ignored without a reason")
	}
	return Event{said{Ignored: why}}
}

// WithContact says which contact a receipt is about, if the network tells. On an unreadable or ignored event this method and those below
// change nothing.
func (e Event) WithContact(c *messagev1.Contact) Event {
	if e.read() {
		e.Contact = c
	}
	return e
}

// WithTime says when the event happened, by the network's clock. A zero time changes nothing.
func (e Event) WithTime(at time.Time) Event {
	if e.read() {
		e.At = at
	}
	return e
}

// AsEdit marks a later version of a message. first is the key of the first version, "" if the network does not say which message was
// edited. With first, an edit that changes nothing is dropped: networks tell of such ones.
func (e Event) AsEdit(first string) Event {
	if e.read() {
		e.Edited, e.Edits = true, first
	}
	return e
}

// WithReply says how the contact can be answered after this event, for a while. See [Replies].
func (e Event) WithReply(r Reply) Event {
	if e.read() {
		e.Reply = &r
	}
	return e
}

// WithState keeps a value of the contact for good: [State].Contact has it from then on, before the message goes on. A value of a later event
// is not replaced; [Event.WithTime] decides, if it is set. It is for messages. [ContactState] has the bounds; a value beyond them is
// not kept.
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

// ForAccount says which account the event is about, by its [Identity]; "" is the account that was called. An event about another account
// goes to a channel of that account, if the call is authentic for that channel too.
func (e Event) ForAccount(identity string) Event {
	e.Account = identity
	return e
}

// read says that the event says something.
func (e Event) read() bool { return e.Unreadable == "" && e.Ignored == "" }

// Receipt is what the network tells about a message that it took. Ref or OwnID names the message.
//
// A Ref that no send has returned an hour later is of a message that is not ours: the receipt is dropped.
type Receipt struct {
	// UpTo is set by [WatermarkEvent], and by nothing else.
	UpTo bool
	// Ref is the network's id, as Send returned it.
	Ref string
	// OwnID is the send's [IdempotencyKey], if the network hands it back. If both are set, OwnID counts.
	OwnID string
	// Status is what became of the message. Required.
	Status eventv1.Status
	// Reason is why it failed, as the agent reads it, without personal data; the zero value if the network does not say.
	Reason reason.Reason
}
