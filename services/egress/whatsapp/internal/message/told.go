package message

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/content"
)

// cards are contact cards in words: name, numbers, addresses, a line each.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/contacts
func cards(contacts []Value) string {
	var out []string
	for _, c := range contacts {
		name := cmp.Or(c.At("name", "formatted_name").Text(), content.JoinNonEmpty(" ", c.At("name", "first_name").Text(), c.At("name", "last_name").Text()))
		lines := []string{name, c.At("org", "company").Text()}
		for _, p := range c.At("phones").List() {
			lines = append(lines, cmp.Or(p.At("phone").Text(), E164(p.At("wa_id").Text())))
		}
		for _, e := range c.At("emails").List() {
			lines = append(lines, e.At("email").Text())
		}
		for _, u := range c.At("urls").List() {
			lines = append(lines, u.At("url").Text())
		}
		for _, a := range c.At("addresses").List() {
			place := content.JoinNonEmpty(" ", a.At("zip").Text(), a.At("city").Text())
			lines = append(lines, content.JoinNonEmpty(", ", a.At("street").Text(), place, a.At("state").Text(), a.At("country").Text()))
		}
		out = append(out, content.JoinNonEmpty("\n", append(lines, c.At("birthday").Text())...))
	}
	return content.JoinNonEmpty("\n\n", out...)
}

// OwnNumber is the sender's own number where it was asked for and given, "" where not: people behind a username are known by a user id
// until then. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
func OwnNumber(m Value) string {
	cards := m.At("contacts").List()
	if m.At("type").Text() != "contacts" || m.At("origin").Text() != "contact_request" || len(cards) != 1 {
		return ""
	}
	phones := cards[0].At("phones").List()
	if len(phones) != 1 {
		return ""
	}
	return E164(cmp.Or(phones[0].At("wa_id").Text(), strings.Map(dialled, phones[0].At("phone").Text())))
}

// dialled keeps what is dialled of a number.
func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

// order is a shopping cart in words.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/order
func order(of Value) string {
	lines := []string{"[order]", of.At("text").Text()}
	for _, item := range of.At("product_items").List() {
		line := fmt.Sprintf("%s × %s", cmp.Or(item.At("quantity").Text(), "1"), cmp.Or(item.At("product_retailer_id").Text(), "?"))
		lines = append(lines, content.JoinNonEmpty(", ", line, content.JoinNonEmpty(" ", item.At("item_price").Text(), item.At("currency").Text())))
	}
	return content.JoinNonEmpty("\n", lines...)
}

// system is a notice of WhatsApp's. The new number is another contact: what is sent to the old one reaches whoever has
// that by then.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
func system(of Value) string {
	number := E164(of.At("wa_id").Text())
	switch kind := of.At("type").Text(); {
	case kind == "user_changed_number" && number != "":
		return "[the contact's number is now " + number + ": write there]"
	case kind == "user_changed_number", kind == "user_changed_user_id":
		return "[the contact changed the number: new messages come from another contact]"
	default:
		return "[" + content.JoinNonEmpty(": ", "notice of WhatsApp", of.At("type").Word()) + "]"
	}
}

// form is what was filled in, a line for each field that a person filled.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows
func form(of Value) string {
	answers, ok := Decode([]byte(of.At("response_json").Text()))
	if !ok {
		answers = of.At("response_json") // some versions write it as the object that it is
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
