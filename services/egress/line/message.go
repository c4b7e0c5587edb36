package line

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/outcome"
)

// object is an object of the API.
type object = map[string]any

// messages are what a content becomes: one message object, and a second one for an address that has no room in a
// place. They go in one call, which LINE takes as a whole.
func (s *sender) messages(ctx context.Context, c *messagev1.Content) ([]object, error) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return []object{text(k.Text.GetBody())}, nil
	case *messagev1.Content_Attachment:
		m, err := s.attachment(ctx, k.Attachment)
		return []object{m}, err
	case *messagev1.Content_Location:
		return location(k.Location), nil
	case *messagev1.Content_QuickReply:
		m := text(k.QuickReply.GetTitle())
		m["quickReply"] = buttons(k.QuickReply.GetReplies())
		return []object{m}, nil
	default:
		return nil, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", k))
	}
}

func text(body string) object { return object{"type": "text", "text": body} }

// buttons send their text as a message when they are tapped.
func buttons(replies []string) object {
	items := make([]object, 0, len(replies))
	for _, r := range replies {
		items = append(items, object{"type": "action", "action": object{"type": "message", "label": r, "text": r}})
	}
	return object{"items": items}
}

// longestPlace bounds a place's title, and its address.
// https://developers.line.biz/en/reference/messaging-api/#location-message
const longestPlace = 100

// location is a place with the title and the address that LINE insists on: the first line of the address and all of
// it, or the coordinates.
func location(l *messagev1.Location) []object {
	degrees := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	address := strings.TrimSpace(l.GetAddress())
	long := units(address) > longestPlace
	var more []object
	if long {
		more = append(more, text(address))
	}
	if address == "" {
		address = degrees(l.GetLatitude()) + ", " + degrees(l.GetLongitude())
	}
	title := address
	if l.GetAddress() != "" {
		title, _, _ = strings.Cut(address, "\n")
		title, _, _ = strings.Cut(title, ", ")
	}
	if strings.TrimSpace(title) == "" {
		title = address
	}
	return append([]object{{
		"type": "location", "title": cut(title), "address": cut(address),
		"latitude": l.GetLatitude(), "longitude": l.GetLongitude(),
	}}, more...)
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// cut shortens to what a place takes; all of it follows as a text.
func cut(s string) string {
	if units(s) <= longestPlace {
		return s
	}
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > longestPlace-1 { // one is for the mark
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}

// errNoAddress is an attachment that nobody could fetch.
var errNoAddress = outcome.Reject(noFileAddress, errors.New("attachment without url"))

// link is a file as a text: LINE's apps do not play it, or cannot be told what they ask for.
func link(a *messagev1.Attachment) object {
	if a.GetFileName() == "" {
		return text(a.GetUrl())
	}
	return text(a.GetFileName() + "\n" + a.GetUrl())
}
