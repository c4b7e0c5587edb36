package smpp

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/gsm7"
	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

// receive reads what was heard: a message, or a receipt.
func receive(a Account, c webhook.Call) ([]provider.Event, error) {
	var h heard
	if json.Unmarshal(c.Body, &h) != nil {
		return nil, errors.New("what was heard cannot be read")
	}
	one := func(e provider.Event) ([]provider.Event, error) { return []provider.Event{e}, nil }
	switch {
	case h.Key == "":
		return nil, errors.New("what was heard has no key")
	case h.Unread != nil:
		return one(provider.UnreadableEvent("a deliver_sm breaks off"))
	case h.Astray:
		return one(provider.UnreadableEvent("a deliver_sm is to the number of no channel of its login"))
	case h.isReceipt():
		return one(a.receipt(h))
	}
	text, readable := a.text(h.Texts)
	switch {
	case !readable:
		text = content.Note("message that is no text", "")
	case strings.TrimSpace(text) == "":
		text = "[empty message]"
	}
	from := a.contact(h.From)
	return one(provider.MessageEvent(h.Key, from, content.WithNotes(content.Text(text), note(from))))
}

// contact is whom a message is from. A number that is told without its country is one of the channel's; a short code or a
// name stays what it is.
func (a Account) contact(at address) *messagev1.Contact {
	who := clean(at.Number)
	full := ""
	switch {
	case at.TON == 1 && phonenumber.IsE164("+"+who):
		full = "+" + who
	case at.TON == 5: // a name
	case at.TON == 2 && a.here() != "" && phonenumber.FromHere(who, a.here()) == "":
		full = a.national(who)
	default:
		full = phonenumber.FromHere(who, a.here())
	}
	c := &messagev1.Contact{Address: who}
	if full != "" {
		c.Address, c.Profile = full, &messagev1.Profile{Phone: full}
	}
	return c
}

// national is a number of the channel's country that is written without anything before it, "" where it is none.
func (a Account) national(who string) string {
	code := a.CountryCode
	if code == "" || !country.MatchString(code) || !phonenumber.IsE164("+"+code+who) || len(who) < 7 {
		return ""
	}
	return "+" + code + who
}

// clean is a text of the SMSC's as it can be stored.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSpace(strings.ToValidUTF8(text, "?")))
}

// note is in brackets what is to be known of a sender that cannot be answered, "" for one that can.
func note(c *messagev1.Contact) string {
	if number.MatchString(c.GetAddress()) || code.MatchString(c.GetAddress()) {
		return ""
	}
	return "[the sender is a name, and cannot be answered]"
}

// text joins pieces: those next to each other in one alphabet are decoded together, since a character may lie in both. It says
// false where a piece is no text.
func (a Account) text(all []piece) (text string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(all); {
		if all[i].Missing {
			b.WriteString("[…]")
			i++
			continue
		}
		var octets []byte
		coding := all[i].Coding
		for ; i < len(all) && !all[i].Missing && all[i].Coding == coding; i++ {
			octets = append(octets, all[i].Octets...)
		}
		part, ok := a.decode(coding, octets)
		if !ok {
			return "", false
		}
		b.WriteString(part)
	}
	return strings.ReplaceAll(b.String(), "\x00", ""), true
}

// decode reads octets in an alphabet (5.2.19; from 0x10 on 3GPP TS 23.038, 4). It says false for what is no text, or in an
// alphabet that is not known here.
func (a Account) decode(coding byte, octets []byte) (string, bool) {
	switch {
	case coding >= 0xf0:
		coding &= 0x04
	case coding >= 0x10:
		coding &= 0x0c
	}
	switch coding {
	case codingDefault:
		if a.DefaultAlphabet == latin1 {
			return fromLatin1(octets), true
		}
		return gsm7.Decode(octets), true
	case codingASCII:
		if !utf8.Valid(octets) { // some have UTF-8 here, and others Latin-1
			return fromLatin1(octets), true
		}
		return string(octets), true
	case codingLatin1:
		return fromLatin1(octets), true
	case codingUCS2:
		units := make([]uint16, 0, len(octets)/2)
		for ; len(octets) >= 2; octets = octets[2:] {
			units = append(units, binary.BigEndian.Uint16(octets))
		}
		return string(utf16.Decode(units)), true
	default:
		return "", false
	}
}

func fromLatin1(octets []byte) string {
	var b strings.Builder
	for _, o := range octets {
		b.WriteRune(rune(o))
	}
	return b.String()
}
