package whatsapp

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf16"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/phonenumber"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/message"
)

// maxParameter is the longest text of a template's body, parameters put in:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
const maxParameter = 1024

// template is a message as the account's template; false where there is none or the message is none that it can hold.
// Only whole, short texts are. What else a contact is sent out of the window is refused by WhatsApp, with advice: a
// file would arrive as a link that nobody sent, and of a text in parts the last part alone.
func (s *sender) template(m *messagev1.Message) (kind, bool) {
	t := s.account.Template
	// a parameter may hold no line break, no tab and no more than four spaces in a row
	parameter := strings.Join(strings.Fields(m.GetContent().GetText().GetBody()), " ")
	if t == nil || m.GetPart() != nil || parameter == "" || len(utf16.Encode([]rune(parameter))) > maxParameter {
		return kind{}, false
	}
	return kind{"template", object{
		"name": t.Name, "language": object{"policy": "deterministic", "code": t.Language},
		"components": []object{{"type": "body", "parameters": []object{{"type": "text", "text": parameter}}}},
	}}, true
}

// closed says that the contact's window is over, or that nothing is known of one. A contact is remembered by the address
// that the message came from, which may be spelled otherwise than the one that is written to. Where it cannot be known
// the window counts as open: WhatsApp decides.
func (s *sender) closed(ctx context.Context, address string) bool {
	for _, a := range phonenumber.Spellings(cmp.Or(message.E164(address), address)) {
		last, err := s.replies.Last(ctx, a)
		if err != nil || !last.Until.IsZero() {
			return false
		}
	}
	return true
}
