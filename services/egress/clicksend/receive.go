package clicksend

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// receive reads one push, a message or a receipt: ClickSend puts one into a call.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	f, err := read(c)
	if err != nil {
		return nil, err
	}
	switch {
	case f["status_code"] != "", f["status"] != "" && f["from"] == "":
		return f.receipt()
	case strings.TrimSpace(f["from"]) != "":
		return f.message(a.From)
	default:
		return nil, errors.New("the push is neither a message nor a receipt: it has no from and no status_code")
	}
}

// message is what a contact wrote: its words, or its pictures with the words under the first. What it answers
// (original_message_id, custom_string) has no canonical form.
func (f fields) message(own string) ([]provider.Event, error) {
	id := f.first("message_id", "messageid")
	if id == "" {
		return nil, errors.New("a message has no message_id")
	}
	from := contact(f["from"], f["to"], own)
	links, words := f.media()
	if len(links) == 0 {
		// a rule for a keyword may leave nothing of the message but the keyword
		if words = f.first("body", "message", "_keyword", "keyword"); words == "" {
			words = "[empty message]"
		}
		event := provider.MessageEvent(id, from, content.WithNotes(content.Text(words), note(from)))
		return []provider.Event{event.WithTime(f.at())}, nil
	}
	var events []provider.Event
	for i, link := range links {
		key, caption := id, words
		if i > 0 {
			key, caption = fmt.Sprintf("%s:%d", id, i), ""
		}
		events = append(events, provider.MessageEvent(key, from, attachment(link, caption)).WithTime(f.at()))
	}
	return events, nil
}

// e164 is https://www.itu.int/rec/T-REC-E.164
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// contact is whom a message is from. A plus that was not escaped in a query reads as a blank. A number that is written as
// it is at home is one of the country of the number that it was sent to; a short code or a name stays what it is, and is
// never given a plus.
func contact(from, to, own string) *messagev1.Contact {
	address := strings.TrimSpace(from)
	if plus := "+" + address; strings.HasPrefix(from, " ") && e164.MatchString(plus) {
		address = plus
	}
	here := strings.TrimSpace(to)
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
