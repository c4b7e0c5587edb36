package whatsapp

import (
	"errors"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/message"
)

// Why something is ignored.
const (
	ignoredField    = "not about messages"
	ignoredGroup    = "group chat"
	ignoredWelcome  = "chat opened"
	ignoredError    = "error notice"
	ignoredUserID   = "user id changed"
	ignoredReaction = "reaction removed"
	ignoredStatus   = "unknown status"
)

// window is how long a business may write freely after a contact's last message:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages#customer-service-windows
const window = 24 * time.Hour

// receive reads one call: a batch of changes, each with messages, echoes or statuses, and each of a number of its own.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	body, ok := message.Decode(c.Body)
	if !ok {
		return nil, errors.New("the call is no JSON object")
	}
	if body.At("object").Text() != "whatsapp_business_account" {
		return nil, errors.New("the call is not about a WhatsApp Business account")
	}
	entries := body.At("entry").List()
	if len(entries) == 0 {
		return nil, errors.New("the call has no entry")
	}
	var events []provider.Event
	for _, entry := range entries {
		changes := entry.At("changes").List()
		if len(changes) == 0 {
			events = append(events, unreadable("an entry has no changes"))
		}
		for _, change := range changes {
			events = append(events, changed(a, change)...)
		}
	}
	return events, nil
}

func unreadable(reason string) provider.Event { return provider.UnreadableEvent(reason) }

// changed reads one change. What is about another number of the business is that number's.
func changed(a Account, change message.Value) []provider.Event {
	field := change.At("field").Text()
	read := fieldsRead[field]
	switch {
	case field == "":
		return []provider.Event{unreadable("a change has no field")}
	case read == nil:
		return []provider.Event{provider.IgnoredEvent(ignoredField)}
	}
	v := change.At("value")
	number := v.At("metadata", "phone_number_id").Text()
	if number == "" {
		return []provider.Event{unreadable("a change has no phone_number_id in its metadata")}
	}
	events := read(v)
	if len(events) == 0 {
		events = append(events, unreadable("a change has none of what its field is about"))
	}
	for i := range events {
		if number != a.PhoneNumberID {
			events[i] = events[i].ForAccount(number)
		}
	}
	return events
}

// fieldsRead are the webhook fields that are about messages.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
var fieldsRead = map[string]func(message.Value) []provider.Event{"messages": messages, "smb_message_echoes": echoes}

func messages(v message.Value) (events []provider.Event) {
	all := v.At("messages").List()
	for _, m := range all {
		events = append(events, incoming(m, message.About(v, all)))
	}
	for _, s := range v.At("statuses").List() {
		events = append(events, status(s))
	}
	for range v.At("errors").List() {
		events = append(events, provider.IgnoredEvent(ignoredError))
	}
	return append(events, noLists(v, "messages", "statuses", "errors")...)
}

func echoes(v message.Value) (events []provider.Event) {
	all := v.At("message_echoes").List()
	for _, m := range all {
		events = append(events, echo(m, message.About(v, all)))
	}
	return append(events, noLists(v, "message_echoes")...)
}

// noLists tells of fields that are there and hold no list.
func noLists(v message.Value, names ...string) (events []provider.Event) {
	for _, name := range names {
		if list := v.At(name); list.Exists() && !list.IsList() {
			events = append(events, unreadable("a change has "+name+" that are no list"))
		}
	}
	return events
}

// incoming is what a contact wrote.
func incoming(m message.Value, told message.People) provider.Event {
	kind := m.At("type").Text()
	id := m.At("id").Text()
	contact := told.Who(m.At("from").Text(), m.At("from_user_id").Text())
	switch {
	case m.At("group_id").Text() != "":
		return provider.IgnoredEvent(ignoredGroup)
	case kind == "request_welcome":
		return provider.IgnoredEvent(ignoredWelcome)
	case kind == "system" && contact == nil:
		return provider.IgnoredEvent(ignoredUserID)
	case id == "":
		return unreadable("a message has no id")
	case contact == nil:
		return unreadable("a message's from is neither a phone number nor a user id")
	}
	w := written(id, m)
	if w.content == nil {
		return provider.IgnoredEvent(ignoredReaction)
	}
	if number := message.OwnNumber(m); number != "" && contact.GetProfile().GetPhone() == "" {
		contact.Profile = withPhone(contact.GetProfile(), number)
	}
	e := w.marked(provider.MessageEvent(w.key, contact, w.content))
	// that a reaction or a notice opens the window is nowhere promised: without it a text goes as the template
	if kind != "system" && kind != "reaction" && kind != "revoke" && !e.At.IsZero() {
		e = e.WithReply(provider.Reply{Until: e.At.Add(window)})
	}
	return e
}

// echo is what somebody of the business wrote in the WhatsApp Business app.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
func echo(m message.Value, told message.People) provider.Event {
	id := m.At("id").Text()
	contact := told.Who(m.At("to").Text(), m.At("to_user_id").Text())
	if m.At("group_id").Text() != "" {
		return provider.IgnoredEvent(ignoredGroup)
	}
	if id == "" {
		return unreadable("an echo has no id")
	}
	if contact == nil {
		return unreadable("an echo's to is neither a phone number nor a user id")
	}
	w := written(id, m)
	if w.content == nil {
		return provider.IgnoredEvent(ignoredReaction)
	}
	return w.marked(provider.EchoEvent(w.key, contact, w.content, id))
}

// writing is what a message says, an edit as the whole new message.
type writing struct {
	key     string
	edit    bool
	first   string // the id of the message that was edited
	at      time.Time
	content *messagev1.Content // nil where there is nothing to show
}

// written reads what a message says.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/edit
func written(id string, m message.Value) writing {
	w := writing{key: id, at: m.At("timestamp").Time()}
	if m.At("type").Text() == "edit" {
		w.edit, w.first = true, m.At("edit", "original_message_id").Text()
		if w.first == id { // Meta's samples give an edit the id of its message: under that it would be a repeat
			w.key += ":e" + m.At("timestamp").Text()
		}
		m = m.At("edit", "message")
	}
	w.content = content.WithNotes(message.Content(m), message.Notes(m)...)
	return w
}

// marked says of an event when it was written, and whether it is an edit.
func (w writing) marked(e provider.Event) provider.Event {
	if e = e.WithTime(w.at); w.edit {
		e = e.AsEdit(w.first)
	}
	return e
}

func withPhone(p *messagev1.Profile, number string) *messagev1.Profile {
	if p == nil {
		p = &messagev1.Profile{}
	}
	p.Phone = number
	return p
}
