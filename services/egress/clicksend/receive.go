package clicksend

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// receive reads one push, a message or a receipt: ClickSend puts one into a call.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	f, err := read(c)
	if err != nil {
		return nil, err
	}
	switch {
	case f["status_code"] != "", f["status"] != "" && f["from"] == "":
		return f.receipt()
	case f["from"] != "":
		return f.message()
	default:
		return nil, errors.New("the push is neither a message nor a receipt: it has no from and no status_code")
	}
}

// message is what a contact wrote: its words, or its pictures with the words under the first. What it answers
// (original_message_id, custom_string) has no canonical form.
func (f fields) message() ([]provider.Event, error) {
	id := f.first("message_id", "messageid")
	if id == "" {
		return nil, errors.New("a message has no message_id")
	}
	event := provider.Event{Key: id, Contact: contact(f["from"]), At: f.at()}
	links, words := f.media()
	if len(links) == 0 {
		// a rule for a keyword may leave nothing of the message but the keyword
		if words = f.first("body", "message", "_keyword", "keyword"); words == "" {
			words = "[empty message]"
		}
		event.Content = provider.Text(words)
		return []provider.Event{event}, nil
	}
	var events []provider.Event
	for i, link := range links {
		if event.Content = attachment(link, words); i > 0 {
			event.Key, event.Content = fmt.Sprintf("%s:%d", id, i), attachment(link, "")
		}
		events = append(events, event)
	}
	return events, nil
}

// e164 is https://www.itu.int/rec/T-REC-E.164
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

var international = regexp.MustCompile(`^[1-9][0-9]{9,14}$`)

// contact is whom a message is from. A plus that was not escaped in a query reads as a blank; a number as long as none
// is within a country may come without its plus. Short codes and names stay what they are.
func contact(from string) *messagev1.Contact {
	address := strings.TrimSpace(from)
	if plus := "+" + address; strings.HasPrefix(from, " ") && e164.MatchString(plus) || international.MatchString(address) {
		address = plus
	}
	c := &messagev1.Contact{Address: address}
	if e164.MatchString(address) {
		c.Profile = &messagev1.Profile{Phone: address}
	}
	return c
}
