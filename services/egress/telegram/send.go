package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// Send implements [provider.Sender]. The ref is <chat>:<message_id>: ids count per chat.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	ref, err := s.deliver(ctx, m)
	return provider.Sent{Ref: ref}, err
}

func (s *sender) deliver(ctx context.Context, m *messagev1.Message) (string, error) {
	chat, err := strconv.ParseInt(m.GetContact().GetAddress(), 10, 64)
	if err != nil || chat <= 0 || strconv.FormatInt(chat, 10) != m.GetContact().GetAddress() { // groups and channels have negative ids
		return "", provider.Reject("a Telegram contact is a chat id: the number of a private chat with the bot", errors.New("not a positive number"))
	}
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		return s.send(ctx, "sendMessage", chat, params{"text": c.Text.GetBody()})
	case *messagev1.Content_Attachment:
		return s.sendAttachment(ctx, chat, c.Attachment)
	case *messagev1.Content_Location:
		return s.send(ctx, "sendLocation", chat, params{
			"latitude": c.Location.GetLatitude(), "longitude": c.Location.GetLongitude(),
		})
	case *messagev1.Content_QuickReply:
		return s.send(ctx, "sendMessage", chat, params{
			"text": c.QuickReply.GetTitle(), "reply_markup": keyboard(c.QuickReply.GetReplies()),
		})
	default:
		return "", provider.Reject("this version cannot send such a message to Telegram", fmt.Errorf("unknown content %T", c))
	}
}

// keyboard shows one reply a row until one is tapped. A tapped button sends its text as a message.
func keyboard(replies []string) params {
	rows := make([][]params, 0, len(replies))
	for _, text := range replies {
		rows = append(rows, []params{{"text": text}})
	}
	return params{"keyboard": rows, "one_time_keyboard": true, "resize_keyboard": true}
}

func (s *sender) send(ctx context.Context, method string, chat int64, p params) (string, error) {
	p["chat_id"] = chat
	result, err := s.call(ctx, method, chat, p)
	if err != nil {
		return "", err
	}
	return ref(chat, result), nil
}

// ref names the message that was sent; "" where Telegram gives it no id yet.
func ref(chat int64, result json.RawMessage) string {
	var sent struct {
		ID int64 `json:"message_id"`
	}
	if json.Unmarshal(result, &sent) != nil || sent.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%d", chat, sent.ID)
}
