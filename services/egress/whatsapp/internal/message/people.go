package message

import (
	"regexp"
	"slices"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

var (
	phone = regexp.MustCompile(`^\+?[1-9][0-9]{6,14}$`)
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
	userID = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)
)

// E164 is a number with its plus, "" for what is none. Meta tells numbers without; it takes them with, and guesses a
// country where the plus is missing:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
func E164(number string) string {
	if !phone.MatchString(number) {
		return ""
	}
	return "+" + strings.TrimPrefix(number, "+")
}

// IsUserID says whether an address is a user id that WhatsApp made for this business.
func IsUserID(address string) bool { return userID.MatchString(address) }

// People are what a change says of those it is about.
type People struct {
	contacts []Value
	// one says that the change is about one message: whoever is told beside it sent it.
	one bool
}

// About are the people of a change with these messages.
func About(v Value, messages []Value) People {
	return People{v.At("contacts").List(), len(messages) == 1}
}

// Who is the contact with this number and user id, as far as they are told; nil where neither is.
func (p People) Who(number, id string) *messagev1.Contact {
	c := p.entry(number, id)
	var addresses []string
	for _, a := range []string{E164(number), E164(c.At("wa_id").Text()), id, c.At("user_id").Text()} {
		if (phone.MatchString(a) || userID.MatchString(a)) && !slices.Contains(addresses, a) {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	return &messagev1.Contact{Address: addresses[0], Aliases: addresses[1:], Profile: profile(c.At("profile"))}
}

func (p People) entry(number, id string) Value {
	for _, c := range p.contacts {
		if number != "" && c.At("wa_id").Text() == number || id != "" && c.At("user_id").Text() == id {
			return c
		}
	}
	if p.one && len(p.contacts) == 1 {
		return p.contacts[0]
	}
	return Value{}
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// profile is what is told of a person, nil for nothing. The name is the whole display name.
func profile(v Value) *messagev1.Profile {
	p := &messagev1.Profile{FirstName: v.At("name").Text()}
	if c := v.At("country_code").Text(); country.MatchString(c) {
		p.Country = c
	}
	if p.FirstName == "" && p.Country == "" {
		return nil
	}
	return p
}
