package twilio

import (
	"errors"
	"regexp"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// Why a call is ignored.
const (
	ignoredStream   = "event stream"
	ignoredCall     = "voice call"
	ignoredDebugger = "debugger event"
	ignoredInbound  = "status of an incoming message"
	ignoredStatus   = "unknown status"
	ignoredUnknown  = "neither message nor status"
)

// receive reads a call: one message from a contact, or the status of one to it. Twilio tells no time.
func receive(_ Account, c webhook.Call) ([]provider.Event, error) {
	f, err := read(c)
	if errors.Is(err, errStream) {
		return ignored(ignoredStream), nil
	}
	if err != nil {
		return nil, err
	}
	sid := f.first("MessageSid", "SmsSid", "SmsMessageSid")
	status := f.status()
	switch {
	case sid != "" && status != "":
		return receipt(c, sid, status, f.number("ErrorCode")), nil
	case sid != "" || f["From"] != "" && f["Body"] != "":
		return messages(f, sid)
	case f["CallSid"] != "":
		return ignored(ignoredCall), nil
	case f["PayloadType"] != "":
		return ignored(ignoredDebugger), nil
	default:
		return ignored(ignoredUnknown), nil
	}
}

func ignored(why string) []provider.Event { return []provider.Event{provider.IgnoredEvent(why)} }

// messages are the events of one message: one for each thing in it, in order.
func messages(f fields, sid string) ([]provider.Event, error) {
	channel, address := split(f["From"])
	if sid == "" {
		return nil, errors.New("a message has no MessageSid")
	}
	if address == "" {
		return nil, errors.New("a message has no From")
	}
	var events []provider.Event
	for i, p := range f.parts() {
		if i == 0 {
			p.content = content.WithNotes(p.content, append(f.notes(), note(channel, address))...)
		}
		event := provider.MessageEvent(sid+p.suffix, f.contact(channel, address), p.content)
		if reply, ok := f.reply(channel); ok {
			event = event.WithReply(reply)
		}
		events = append(events, event)
	}
	return events, nil
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

func (f fields) contact(channel, address string) *messagev1.Contact {
	p := &messagev1.Profile{FirstName: f["ProfileName"]}
	switch {
	case channel == "" && withheld[address]:
	case e164.MatchString(address):
		p.Phone = address
	case channel == whatsApp && e164.MatchString("+"+f["WaId"]):
		p.Phone = "+" + f["WaId"]
	}
	if country.MatchString(f["FromCountry"]) {
		p.Country = f["FromCountry"]
	}
	c := &messagev1.Contact{Address: address, Profile: p}
	if channel == whatsApp {
		c.Aliases = phonenumber.Spellings(address)[1:]
	}
	return c
}

// always is the end of what has none: how long it is kept is for [provider.Replies].
var always = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// reply says which channel the contact wrote on, for a Messaging Service: of other senders it is known.
func (f fields) reply(channel string) (r provider.Reply, ok bool) {
	if f["MessagingServiceSid"] == "" {
		return r, false
	}
	if channel == "" {
		channel = sms
	}
	return provider.Reply{Token: channel, Until: always}, true
}
