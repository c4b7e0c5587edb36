package matrix

import (
	"encoding/json"
	"errors"
	"regexp"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

// ignoredOwn is why an event is ignored that the ghost sent.
const ignoredOwn = "sent by the bridge"

// transaction is https://spec.matrix.org/latest/application-service-api/#put_matrixappv1transactionstxnid. What is heard
// is given the same form.
type transaction struct {
	Events    []json.RawMessage `json:"events"`
	Ephemeral []json.RawMessage `json:"ephemeral,omitempty"`
	// Unstable is Ephemeral as homeservers pushed it before it was specified: MSC2409.
	Unstable []json.RawMessage `json:"de.sorunome.msc2409.ephemeral,omitempty"`
}

// receive reads a transaction, each of its events for itself: one that cannot be read holds back no other.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var t transaction
	if err := json.Unmarshal(c.Body, &t); err != nil {
		return nil, errors.New(provider.Misread("the transaction", err))
	}
	if t.Events == nil {
		return nil, errors.New("the call is no transaction: it has no events")
	}
	var all []provider.Event
	seen := map[string]bool{}
	add := func(e provider.Event) {
		if e.Key == "" || !seen[e.Key] {
			all = append(all, e)
		}
		seen[e.Key] = true
	}
	for _, raw := range t.Events {
		for _, e := range eventsOf(a, event.Read(raw)) {
			add(e)
		}
	}
	for _, raw := range append(t.Ephemeral, t.Unstable...) {
		for _, e := range ephemeral(event.Read(raw)) {
			add(e)
		}
	}
	return all, nil
}

// eventsOf are what one event of a room says: a gallery is its caption and each of its files, anything else is one. An
// edit of a gallery tells its caption.
func eventsOf(a Account, o event.Object) []provider.Event {
	e := eventOf(a, o)
	fields := o.In("content")
	items := event.Gallery(fields)
	if e.Content == nil || e.Edited || len(items) == 0 {
		return []provider.Event{e}
	}
	var all []provider.Event
	if fields.Text("body") != "" {
		all = append(all, e)
	}
	for _, item := range items {
		all = append(all, itemOf(e, item))
	}
	return all
}

// itemOf is a file of a gallery. Its key is the event's with its address.
func itemOf(gallery provider.Event, item event.Item) provider.Event {
	if item.Content == nil {
		return provider.UnreadableEvent("an item of a gallery has no known itemtype, or no address")
	}
	e := provider.MessageEvent(gallery.Key+":"+item.Address, gallery.Contact, item.Content).WithTime(gallery.At)
	if gallery.Reply != nil {
		e = e.WithReply(*gallery.Reply)
	}
	return e
}

// eventOf reads one event of a room: https://spec.matrix.org/latest/client-server-api/#room-event-format
func eventOf(a Account, o event.Object) provider.Event {
	kind, id, sender, room := o.Text("type"), o.Text("event_id"), o.Text("sender"), o.Text("room_id")
	switch {
	case kind == "":
		return provider.UnreadableEvent("an event has no type")
	case id == "":
		return provider.UnreadableEvent("an event has no event_id")
	case room == "":
		return provider.UnreadableEvent("an event has no room_id")
	case !isUser(sender):
		return provider.UnreadableEvent("an event's sender is no user id")
	case sender == a.ghost():
		return provider.IgnoredEvent(ignoredOwn)
	}
	content := o.In("content")
	said, edited, ignored := event.Content(kind, o.Has("state_key"), content)
	if ignored != "" {
		return provider.IgnoredEvent(ignored)
	}
	e := provider.MessageEvent(id, contact(sender), said).WithTime(o.Time("origin_server_ts"))
	if edited {
		of := content.In("m.relates_to").Text("event_id")
		if of == id {
			of = ""
		}
		e = e.AsEdit(of)
	}
	if kind != event.Encrypted && !e.At.IsZero() {
		e = e.WithReply(provider.Reply{Token: room, Until: e.At.Add(answerable)})
	}
	return e
}

// answerable is how long the room of a contact's last message is where an answer goes, without a look at the record.
const answerable = 24 * time.Hour

// contact is a user of Matrix. An event tells no display name, so the id is all that an agent can know a person by.
func contact(user string) *messagev1.Contact {
	return &messagev1.Contact{Address: user, Profile: &messagev1.Profile{FirstName: user}}
}

// https://spec.matrix.org/latest/appendices/#user-identifiers: those of long ago have other characters too.
var userID = regexp.MustCompile(`^@[^\s:\x00]*:[^\s\x00]+$`)

func isUser(id string) bool { return len(id) <= 255 && userID.MatchString(id) }
