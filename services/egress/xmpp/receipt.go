package xmpp

import (
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Namespaces of receipts, and of markers.
const (
	receiptSpace = "urn:xmpp:receipts"
	markerSpace  = "urn:xmpp:chat-markers:0"
)

// receiptFor is the receipt that a message asks for, nil where it asks for none: https://xmpp.org/extensions/xep-0184.html#protocol
func receiptFor(m *stanza.Element) *stanza.Element {
	if isError(m) || m.Attr("type") == "groupchat" || m.Attr("id") == "" || m.Child(receiptSpace, "request") == nil {
		return nil
	}
	return stanza.New(stanza.Content, "message", "type", m.Attr("type"), "from", bare(m.Attr("to")), "to", m.Attr("from")).With(
		stanza.New(receiptSpace, "received", "id", m.Attr("id")))
}

// receiptOf reads what a message says of a message of ours. It says false for one that says nothing of that.
func receiptOf(key string, m *stanza.Element) (provider.Event, bool) {
	who := contact(m)
	receipt := func(id string, r provider.Receipt) (provider.Event, bool) {
		if id == "" {
			return provider.UnreadableEvent("a receipt names no message"), true
		}
		r.OwnID = id
		return provider.ReceiptEvent(key, r).WithContact(who), true
	}
	if isError(m) {
		no := refusalOf(m)
		if no == nil {
			return provider.IgnoredEvent(ignoredWarning), true
		}
		return receipt(m.Attr("id"), provider.Receipt{Status: eventv1.Status_STATUS_FAILED, Reason: no.why})
	}
	if r := m.Child(receiptSpace, "received"); r != nil {
		return receipt(r.Attr("id"), provider.Receipt{Status: eventv1.Status_STATUS_DELIVERED})
	}
	if r := m.Child(markerSpace, "received"); r != nil { // before version 1.0 of the specification
		return receipt(r.Attr("id"), provider.Receipt{Status: eventv1.Status_STATUS_DELIVERED})
	}
	for _, name := range []string{"displayed", "acknowledged"} {
		if r := m.Child(markerSpace, name); r != nil {
			if r.Attr("id") == "" {
				return provider.UnreadableEvent("a marker names no message"), true
			}
			// it stands for all up to that message: https://xmpp.org/extensions/xep-0333.html
			return provider.WatermarkEvent(key, who, eventv1.Status_STATUS_READ, r.Attr("id")), true
		}
	}
	return provider.Event{}, false
}
