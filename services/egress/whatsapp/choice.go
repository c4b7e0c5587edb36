package whatsapp

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Limits of what can be tapped.
const (
	maxButtons  = 3    // https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
	buttonTitle = 20   // there
	buttonsBody = 1024 // there; a list's is as long as a text
	maxRows     = 10   // https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
	rowTitle    = 24   // there
)

// opener is what is tapped to see a list: a sign that needs no language.
const opener = "☰"

// choice is quick replies as buttons where they and their title fit, else as a list. What was tapped comes back by its title. Titles
// must differ and hold something: a second one that is the same would be the same answer.
func choice(q *messagev1.QuickReply) kind {
	var titles []string
	asButtons := len(utf16.Encode([]rune(q.GetTitle()))) <= buttonsBody
	for _, reply := range q.GetReplies() {
		title := strings.Join(strings.Fields(reply), " ")
		if title == "" || slices.Contains(titles, title) {
			continue
		}
		titles = append(titles, title)
		asButtons = asButtons && len(utf16.Encode([]rune(title))) <= buttonTitle
	}
	body := object{"text": q.GetTitle()}
	switch {
	case len(titles) == 0:
		return text(q.GetTitle())
	case asButtons && len(titles) <= maxButtons:
		return kind{"interactive", object{"type": "button", "body": body, "action": object{"buttons": buttons(titles)}}}
	default:
		return kind{"interactive", object{"type": "list", "body": body, "action": object{
			"button": opener, "sections": []object{{"rows": rows(titles)}},
		}}}
	}
}

func buttons(titles []string) []object {
	var out []object
	for i, title := range titles {
		out = append(out, object{"type": "reply", "reply": object{"id": strconv.Itoa(i + 1), "title": title}})
	}
	return out
}

func rows(titles []string) []object {
	var out []object
	for i, title := range titles {
		out = append(out, object{"id": strconv.Itoa(i + 1), "title": title})
	}
	return out
}
