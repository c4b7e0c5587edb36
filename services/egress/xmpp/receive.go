package xmpp

import (
	"encoding/json"
	"errors"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Why a message is ignored.
const (
	ignoredGroup   = "group chat"
	ignoredServer  = "message of a server"
	ignoredOwn     = "message of the component itself"
	ignoredWarning = "warning about a message"
	ignoredKeys    = "keys of an encryption"
	ignoredNothing = "message that says nothing"
)

// receive reads what was heard: a message, or a receipt.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var h heard
	if json.Unmarshal(c.Body, &h) != nil {
		return nil, errors.New("what was heard cannot be read")
	}
	if h.Key == "" {
		return nil, errors.New("what was heard has no key")
	}
	m, err := stanza.Parse(h.Stanza)
	if err != nil || m.Space != stanza.Content || m.Name != "message" {
		return []provider.Event{provider.UnreadableEvent("a message is not XML as XMPP has it")}, nil
	}
	return a.events(h.Key, m), nil
}

// events are what a message says.
func (a Account) events(key string, m *stanza.Element) []provider.Event {
	one := func(e provider.Event) []provider.Event { return []provider.Event{e} }
	from := bare(m.Attr("from"))
	switch {
	case m.Attr("type") == "groupchat", ofRoom(m):
		return one(provider.IgnoredEvent(ignoredGroup))
	case domainOf(from) == domainOf(a.Address) && !isError(m):
		return one(provider.IgnoredEvent(ignoredOwn))
	case from == "":
		return one(provider.UnreadableEvent("a message is from nobody"))
	case !isError(m) && !isJID(from):
		return one(provider.IgnoredEvent(ignoredServer))
	}
	if e, ok := receiptOf(key, m); ok {
		return one(e)
	}
	all, ignored := contents(m)
	if ignored != "" {
		return one(provider.IgnoredEvent(ignored))
	}
	var events []provider.Event
	for i, c := range all {
		k := key
		if i > 0 {
			k += ":" + strconv.Itoa(i)
		}
		e := provider.MessageEvent(k, contact(m), c)
		if m.Child(correction, "replace") != nil {
			// by an id that may count anew with each stream, so that it names no message for certain
			e = e.AsEdit("")
		}
		events = append(events, e)
	}
	return events
}

// contact is who wrote a message. There is no name in a message, so the address is all that an agent can know a person by.
func contact(m *stanza.Element) *messagev1.Contact {
	who := bare(m.Attr("from"))
	return &messagev1.Contact{Address: who, Profile: &messagev1.Profile{FirstName: who}}
}

// Namespaces of rooms.
const (
	roomUser   = "http://jabber.org/protocol/muc#user"
	roomInvite = "jabber:x:conference"
)

// ofRoom says that a message is of a room, or an invitation to one: https://xmpp.org/extensions/xep-0045.html
func ofRoom(m *stanza.Element) bool {
	return m.Child(roomUser, "x") != nil || m.Child(roomInvite, "x") != nil
}

// matters says whether a stanza is a message that is stored: all but those that say nothing to a person, such as that somebody
// types (https://xmpp.org/extensions/xep-0085.html), which come with every key.
func matters(m *stanza.Element) bool {
	if m.Space != stanza.Content || m.Name != "message" {
		return false
	}
	if isError(m) {
		return m.Attr("id") != "" // what we send without one may be refused
	}
	if m.Attr("type") == "groupchat" || ofRoom(m) {
		return true
	}
	for _, c := range m.Children {
		if shown[c.Space+" "+c.Name] {
			return true
		}
	}
	return false
}
