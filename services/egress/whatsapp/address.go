package whatsapp

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

// e164 is a number with its plus, "" for what is none. Meta tells numbers without; it takes them with, and guesses a
// country where the plus is missing:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
func e164(number string) string {
	if !phone.MatchString(number) {
		return ""
	}
	return "+" + strings.TrimPrefix(number, "+")
}

// people are what a value says of those it is about.
type people struct {
	contacts []value
	// one says that the value is about one message: whoever is told beside it sent it.
	one bool
}

func about(v value, messages []value) people {
	return people{v.at("contacts").list(), len(messages) == 1}
}

// who is the contact with this number and user id, as far as they are told; nil where neither is.
func (p people) who(number, id string) *messagev1.Contact {
	c := p.entry(number, id)
	var addresses []string
	for _, a := range []string{e164(number), e164(c.at("wa_id").text()), id, c.at("user_id").text()} {
		if (phone.MatchString(a) || userID.MatchString(a)) && !slices.Contains(addresses, a) {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	return &messagev1.Contact{Address: addresses[0], Aliases: addresses[1:], Profile: profile(c.at("profile"))}
}

func (p people) entry(number, id string) value {
	for _, c := range p.contacts {
		if number != "" && c.at("wa_id").text() == number || id != "" && c.at("user_id").text() == id {
			return c
		}
	}
	if p.one && len(p.contacts) == 1 {
		return p.contacts[0]
	}
	return value{}
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// profile is what is told of a person, nil for nothing. The name is the whole display name.
func profile(v value) *messagev1.Profile {
	p := &messagev1.Profile{FirstName: v.at("name").text()}
	if c := v.at("country_code").text(); country.MatchString(c) {
		p.Country = c
	}
	if p.FirstName == "" && p.Country == "" {
		return nil
	}
	return p
}
