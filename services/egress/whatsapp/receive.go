package whatsapp

import (
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why something is ignored.
const (
	ignoredField      = "not about messages"
	ignoredUnreadable = "item that cannot be read"
	ignoredGroup      = "group chat"
	ignoredWelcome    = "chat opened"
	ignoredError      = "error notice"
	ignoredUserID     = "user id changed"
	ignoredReaction   = "reaction removed"
	ignoredStatus     = "unknown status"
	ignoredNothing    = "nothing told"
)

// window is how long a business may write freely after a contact's last message:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages#customer-service-windows
const window = 24 * time.Hour

// receive reads one call: a batch of changes, each with messages, echoes or statuses.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	body, ok := decode(c.Body)
	if !ok {
		return nil, errors.New("the call is no JSON object")
	}
	if body.at("object").text() != "whatsapp_business_account" {
		return nil, errors.New("the call is not about a WhatsApp Business account")
	}
	var events []provider.Event
	for _, entry := range body.at("entry").list() {
		for _, change := range entry.at("changes").list() {
			events = append(events, changed(change)...)
		}
	}
	if len(events) == 0 {
		events = append(events, provider.Event{Ignored: ignoredNothing})
	}
	return events, nil
}

func changed(change value) []provider.Event {
	var events []provider.Event
	v := change.at("value")
	switch change.at("field").text() {
	case "messages":
		messages := v.at("messages").list()
		for _, m := range messages {
			events = append(events, incoming(m, about(v, messages)))
		}
		for _, s := range v.at("statuses").list() {
			events = append(events, status(s))
		}
		for range v.at("errors").list() {
			events = append(events, provider.Event{Ignored: ignoredError})
		}
	case "smb_message_echoes":
		messages := v.at("message_echoes").list()
		for _, m := range messages {
			events = append(events, echo(m, about(v, messages)))
		}
	}
	if len(events) == 0 {
		return []provider.Event{{Ignored: ignoredField}}
	}
	return events
}

// incoming is what a contact wrote.
func incoming(m value, told people) provider.Event {
	kind := m.at("type").text()
	id := m.at("id").text()
	contact := told.who(m.at("from").text(), m.at("from_user_id").text())
	switch {
	case m.at("group_id").text() != "":
		return provider.Event{Ignored: ignoredGroup}
	case kind == "request_welcome":
		return provider.Event{Ignored: ignoredWelcome}
	case kind == "system" && contact == nil:
		return provider.Event{Ignored: ignoredUserID}
	case id == "" || contact == nil:
		return provider.Event{Ignored: ignoredUnreadable}
	}
	e := provider.Event{Key: id, Contact: contact, At: m.at("timestamp").time()}
	said(&e, m)
	if e.Content == nil {
		return provider.Event{Ignored: ignoredReaction}
	}
	if number := shared(m); number != "" && contact.GetProfile().GetPhone() == "" {
		contact.Profile = withPhone(contact.GetProfile(), number)
	}
	// that a reaction or a notice opens the window is nowhere promised: without it a text goes as the template
	if kind != "system" && kind != "reaction" && kind != "revoke" && !e.At.IsZero() {
		e.Reply = &provider.Reply{Until: e.At.Add(window)}
	}
	return e
}

// echo is what somebody of the business wrote in the WhatsApp Business app.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
func echo(m value, told people) provider.Event {
	id := m.at("id").text()
	contact := told.who(m.at("to").text(), m.at("to_user_id").text())
	if m.at("group_id").text() != "" {
		return provider.Event{Ignored: ignoredGroup}
	}
	if id == "" || contact == nil {
		return provider.Event{Ignored: ignoredUnreadable}
	}
	e := provider.Event{Key: id, Contact: contact, At: m.at("timestamp").time(), Echo: true, Ref: id}
	said(&e, m)
	if e.Content == nil {
		return provider.Event{Ignored: ignoredReaction}
	}
	return e
}

// said puts into an event what a message says, an edit as the whole new message.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/edit
func said(e *provider.Event, m value) {
	if m.at("type").text() == "edit" {
		e.Edited = true
		m = m.at("edit", "message")
	}
	e.Content = provider.WithNotes(content(m), notes(m)...)
}
