package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Send implements [provider.Sender]. The ref is <chat>:<message_id>: ids count per chat.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	ref, err := s.deliver(ctx, m)
	return provider.Sent{Ref: ref}, err
}

// deliver sends to the topic that the contact wrote in last, and to the chat itself where that topic is gone.
func (s *sender) deliver(ctx context.Context, m *messagev1.Message) (string, error) {
	to, err := s.target(ctx, m)
	if err != nil {
		return "", err
	}
	id, err := s.deliverTo(ctx, to, m)
	if to.topic != 0 && remedyOf(err) == inMainChat {
		return s.deliverTo(ctx, target{chat: to.chat}, m)
	}
	return id, err
}

// target is where a message goes.
type target struct {
	chat  int64
	topic int64 // 0 for the chat itself
}

func (s *sender) target(ctx context.Context, m *messagev1.Message) (target, error) {
	chat, err := strconv.ParseInt(m.GetContact().GetAddress(), 10, 64)
	if err != nil || chat <= 0 || strconv.FormatInt(chat, 10) != m.GetContact().GetAddress() { // groups and channels have negative ids
		return target{}, outcome.Reject(noChatID, errors.New("not a positive number"))
	}
	last, err := s.replies.Last(ctx, m.GetContact().GetAddress())
	if err != nil {
		return target{}, outcome.Temporary(topicUnknown, err)
	}
	topic, _ := strconv.ParseInt(last.Token, 10, 64) // none where there is no token
	return target{chat, topic}, nil
}

func (s *sender) deliverTo(ctx context.Context, to target, m *messagev1.Message) (string, error) {
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		return s.send(ctx, "sendMessage", to, params{"text": c.Text.GetBody()})
	case *messagev1.Content_Attachment:
		return s.sendAttachment(ctx, to, c.Attachment)
	case *messagev1.Content_Location:
		return s.send(ctx, "sendLocation", to, params{
			"latitude": c.Location.GetLatitude(), "longitude": c.Location.GetLongitude(),
		})
	case *messagev1.Content_QuickReply:
		return s.send(ctx, "sendMessage", to, params{
			"text": c.QuickReply.GetTitle(), "reply_markup": keyboard(c.QuickReply.GetReplies()),
		})
	default:
		return "", outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", c))
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

func (s *sender) send(ctx context.Context, method string, to target, p params) (string, error) {
	p["chat_id"] = to.chat
	if to.topic != 0 {
		p["message_thread_id"] = to.topic
	}
	result, err := s.call(ctx, method, to.chat, p)
	if err != nil {
		return "", err
	}
	return ref(to.chat, result), nil
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
