package whatsapp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// cards are contact cards in words: name, numbers, addresses, a line each.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/contacts
func cards(contacts []value) string {
	var out []string
	for _, c := range contacts {
		name := cmp.Or(c.at("name", "formatted_name").text(), content.JoinNonEmpty(" ", c.at("name", "first_name").text(), c.at("name", "last_name").text()))
		lines := []string{name, c.at("org", "company").text()}
		for _, p := range c.at("phones").list() {
			lines = append(lines, cmp.Or(p.at("phone").text(), e164(p.at("wa_id").text())))
		}
		for _, e := range c.at("emails").list() {
			lines = append(lines, e.at("email").text())
		}
		for _, u := range c.at("urls").list() {
			lines = append(lines, u.at("url").text())
		}
		for _, a := range c.at("addresses").list() {
			place := content.JoinNonEmpty(" ", a.at("zip").text(), a.at("city").text())
			lines = append(lines, content.JoinNonEmpty(", ", a.at("street").text(), place, a.at("state").text(), a.at("country").text()))
		}
		out = append(out, content.JoinNonEmpty("\n", append(lines, c.at("birthday").text())...))
	}
	return content.JoinNonEmpty("\n\n", out...)
}

// shared is the sender's own number where it was asked for and given: people behind a username are known by a user id
// until then. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
func shared(m value) string {
	cards := m.at("contacts").list()
	if m.at("type").text() != "contacts" || m.at("origin").text() != "contact_request" || len(cards) != 1 {
		return ""
	}
	phones := cards[0].at("phones").list()
	if len(phones) != 1 {
		return ""
	}
	return e164(cmp.Or(phones[0].at("wa_id").text(), strings.Map(dialled, phones[0].at("phone").text())))
}

// dialled keeps what is dialled of a number.
func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

func withPhone(p *messagev1.Profile, number string) *messagev1.Profile {
	if p == nil {
		p = &messagev1.Profile{}
	}
	p.Phone = number
	return p
}

// order is a shopping cart in words.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/order
func order(of value) string {
	lines := []string{"[order]", of.at("text").text()}
	for _, item := range of.at("product_items").list() {
		line := fmt.Sprintf("%s × %s", cmp.Or(item.at("quantity").text(), "1"), cmp.Or(item.at("product_retailer_id").text(), "?"))
		lines = append(lines, content.JoinNonEmpty(", ", line, content.JoinNonEmpty(" ", item.at("item_price").text(), item.at("currency").text())))
	}
	return content.JoinNonEmpty("\n", lines...)
}

// system is a notice of WhatsApp's. The new number is another contact: what is sent to the old one reaches whoever has
// that by then.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
func system(of value) string {
	number := e164(of.at("wa_id").text())
	switch kind := of.at("type").text(); {
	case kind == "user_changed_number" && number != "":
		return "[the contact's number is now " + number + ": write there]"
	case kind == "user_changed_number", kind == "user_changed_user_id":
		return "[the contact changed the number: new messages come from another contact]"
	default:
		return "[" + content.JoinNonEmpty(": ", "notice of WhatsApp", of.at("type").word()) + "]"
	}
}

// form is what was filled in, a line for each field that a person filled.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows
func form(of value) string {
	answers, ok := decode([]byte(of.at("response_json").text()))
	if !ok {
		answers = of.at("response_json") // some versions write it as the object that it is
	}
	fields, _ := answers.v.(map[string]any) // what is no object tells nothing that a person filled in
	return content.JoinNonEmpty("\n", append([]string{"[form]"}, filled("", fields)...)...)
}

// filled are the lines of what stands in a field: of an object one for each of its fields, whatever their depth.
func filled(name string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var lines []string
		for _, field := range slices.Sorted(maps.Keys(v)) {
			if field != "flow_token" {
				lines = append(lines, filled(field, v[field])...)
			}
		}
		return lines
	case string:
		return []string{name + ": " + v}
	default:
		data, _ := json.Marshal(v) // it was read as JSON
		return []string{name + ": " + string(data)}
	}
}
