package viber

import (
	"context"
	"errors"
	"fmt"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// params are what a message is made of, by its names in the API.
type params map[string]any

// Send implements [provider.Sender]. The ref is the message's token.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	p, err := s.content(ctx, m.GetContent())
	if err != nil {
		return provider.Sent{}, err
	}
	p["receiver"], p["sender"] = m.GetContact().GetAddress(), params{"name": s.name}
	a, err := s.call(ctx, sendMessage, p)
	return provider.Sent{Ref: a.Token.String()}, err
}

func (s *sender) content(ctx context.Context, c *messagev1.Content) (params, error) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return params{"type": "text", "text": k.Text.GetBody()}, nil
	case *messagev1.Content_Attachment:
		return s.attachment(ctx, k.Attachment)
	case *messagev1.Content_Location:
		return params{"type": "location", "location": params{"lat": k.Location.GetLatitude(), "lon": k.Location.GetLongitude()}}, nil
	case *messagev1.Content_QuickReply:
		return params{"type": "text", "text": k.QuickReply.GetTitle(), "keyboard": keyboard(k.QuickReply.GetReplies())}, nil
	case nil:
		return nil, outcome.Reject(empty, errors.New("no content"))
	default:
		return nil, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", k))
	}
}

// untagged is for texts that may hold tags: https://developers.viber.com/docs/tools/keyboards/#keyboard-design
var untagged = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// keyboard shows one reply a row. A tapped button sends its body as a text.
func keyboard(replies []string) params {
	var buttons []params
	for _, text := range replies {
		buttons = append(buttons, params{"ActionType": "reply", "ActionBody": text, "Text": untagged.Replace(text)})
	}
	return params{"Type": "keyboard", "Buttons": buttons}
}
