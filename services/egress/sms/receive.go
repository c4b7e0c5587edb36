package sms

import (
	"net/url"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why a call is ignored.
const (
	ignoredKind   = "call of another kind"
	ignoredStatus = "receipt with an unknown status"
)

// receive reads a call as the account's provider is declared.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	d, err := a.declaration()
	if err != nil {
		return nil, err
	}
	in := d.Incoming
	s := said{json: decoded(c.Body), query: c.Values(), header: c.Header, body: c.Body}
	if s.json == nil {
		s.form, _ = url.ParseQuery(string(c.Body)) // what can be read of it
	}
	if in.Each == (Place{}) {
		return []provider.Event{in.read(a, s)}, nil
	}
	list, ok := find(s.json, in.Each.pointer()).([]any)
	if !ok {
		return nil, errUnread
	}
	events := make([]provider.Event, 0, len(list))
	for _, one := range list {
		s.json = one
		events = append(events, in.read(a, s))
	}
	if len(events) == 0 {
		return []provider.Event{provider.IgnoredEvent(ignoredKind)}, nil
	}
	return events, nil
}

// read reads a message or a receipt.
func (in Incoming) read(a Account, s said) provider.Event {
	if r := in.Receipt; r != nil && s.all(r.When) && (len(r.When) > 0 || s.first(r.Status) != "") {
		return r.read(s)
	}
	if m := in.Message; m != nil && s.all(m.When) && (len(m.When) > 0 || s.first(m.From) != "") {
		return m.read(a, in.Digits, s)
	}
	if in.Receipt != nil && len(in.Receipt.When) == 0 || in.Message != nil && len(in.Message.When) == 0 {
		return provider.UnreadableEvent(errUnread.Error())
	}
	return provider.IgnoredEvent(ignoredKind)
}

func (m *Message) read(a Account, digits bool, s said) provider.Event {
	id, from, text := s.first(m.ID), s.first(m.From), s.first(m.Text)
	switch {
	case id == "":
		return provider.UnreadableEvent("a message has no id")
	case strings.TrimSpace(from) == "":
		return provider.UnreadableEvent("a message names nobody whom it is from")
	case text == "":
		text = content.Note("message without text", "")
	}
	contact := contactOf(from, s.first(m.To), a.From, digits)
	return provider.MessageEvent("message:"+id, contact, content.WithNotes(content.Text(text), note(contact)))
}

func (r *Receipt) read(s said) provider.Event {
	id, word := s.first(r.ID), s.first(r.Status)
	if id == "" || word == "" {
		return provider.UnreadableEvent("a receipt has no id of a message, or no status")
	}
	receipt := provider.Receipt{Ref: id}
	switch {
	case r.Sent.has(word):
		receipt.Status = eventv1.Status_STATUS_SENT
	case r.Delivered.has(word):
		receipt.Status = eventv1.Status_STATUS_DELIVERED
	case r.Read.has(word):
		receipt.Status = eventv1.Status_STATUS_READ
	case r.Failed.has(word):
		receipt.Status, receipt.Reason = eventv1.Status_STATUS_FAILED, notDelivered
		if code := s.first(r.Code); number.MatchString(code) {
			receipt.Reason = notDeliveredCode.With("code", code)
		}
	default:
		return provider.IgnoredEvent(ignoredStatus)
	}
	return provider.ReceiptEvent("receipt:"+id+":"+word, receipt)
}

// contactOf is whom a message is from. A plus that was not escaped in a query or a form reads as a blank. digits says that
// numbers come without it. A number that is written as it is at home is one of the country of the number that it was sent to;
// a short code or a name stays what it is.
func contactOf(from, to, own string, digits bool) *messagev1.Contact {
	international := func(text string) string {
		address := strings.TrimSpace(text)
		if plus := "+" + address; (digits || strings.HasPrefix(text, " ")) && e164.MatchString(plus) {
			return plus
		}
		return address
	}
	address, here := international(from), international(to)
	if !e164.MatchString(here) {
		here = "+" + strings.TrimPrefix(own, "+")
	}
	if full := phonenumber.FromHere(address, here); full != "" {
		address = full
	}
	c := &messagev1.Contact{Address: address}
	if e164.MatchString(address) {
		c.Profile = &messagev1.Profile{Phone: address}
	}
	return c
}

// note is in brackets what is to be known of a sender that cannot be answered, "" for one that can.
func note(c *messagev1.Contact) string {
	if e164.MatchString(c.GetAddress()) {
		return ""
	}
	return "[the sender is no phone number in international form, and cannot be answered]"
}
