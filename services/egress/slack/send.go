package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Send implements [provider.Sender]. It goes to where the contact wrote last: into the thread, if it was one. The ref is
// <channel>:<ts>, of a file <channel>:<file>.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	user := m.GetContact().GetAddress()
	if !userID.MatchString(user) {
		return provider.Sent{}, outcome.Reject(noUser, errors.New("not a user id"))
	}
	to, revision, err := s.written(ctx, user)
	if err != nil {
		return provider.Sent{}, err
	}
	remembered := to.channel != "" || s.opened.of(user) != ""
	if to.channel == "" {
		if to.channel, err = s.channel(ctx, user); err != nil {
			return provider.Sent{}, err
		}
	}
	sent, err := s.deliver(ctx, to, m)
	switch code := codeOf(err); {
	case to.thread != "" && threadless[code]: // its first message was deleted, or it is locked: nothing was sent
		to.thread = ""
		s.correct(ctx, user, to, revision)
		return s.deliver(ctx, to, m)
	case remembered && (code == noChannel || code == "invalid_channel"): // it was another app's: nothing was sent
		s.opened.forget(user)
		if to.channel, err = s.channel(ctx, user); err != nil {
			return provider.Sent{}, err
		}
		to.thread = ""
		if revision > 0 {
			s.correct(ctx, user, to, revision)
		}
		return s.deliver(ctx, to, m)
	}
	return sent, err
}

func (s *sender) deliver(ctx context.Context, to place, m *messagev1.Message) (provider.Sent, error) {
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		return s.text(ctx, to, c.Text.GetBody())
	case *messagev1.Content_QuickReply:
		return s.question(ctx, to, c.QuickReply)
	case *messagev1.Content_Attachment:
		return s.attach(ctx, to, c.Attachment)
	default:
		return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", c))
	}
}

// text sends a text as it was written: nothing in it is formatting, a link or a mention.
func (s *sender) text(ctx context.Context, to place, text string) (provider.Sent, error) {
	if text == "" {
		return provider.Sent{}, outcome.Reject(empty, errors.New("no text"))
	}
	return s.post(ctx, to, url.Values{"text": {escape(text)}, "mrkdwn": {"false"}})
}

// Blocks: https://docs.slack.dev/reference/block-kit/blocks
type block struct {
	Type     string   `json:"type"`
	Text     *object  `json:"text,omitempty"`
	Elements []button `json:"elements,omitempty"`
}

type button struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Text     object `json:"text"`
	Value    string `json:"value"`
}

// object is a text object: https://docs.slack.dev/reference/block-kit/composition-objects/text-object
type object struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"`
}

func plain(text string) object { return object{"plain_text", escape(text), true} }

// question sends a question with a button for each answer.
func (s *sender) question(ctx context.Context, to place, q *messagev1.QuickReply) (provider.Sent, error) {
	if q.GetTitle() == "" || len(q.GetReplies()) == 0 {
		return provider.Sent{}, outcome.Reject(empty, errors.New("no question or no answers"))
	}
	title := plain(q.GetTitle())
	asked := block{Type: "actions"}
	for i, reply := range q.GetReplies() {
		asked.Elements = append(asked.Elements, button{"button", quickReply + strconv.Itoa(i), plain(reply), reply})
	}
	var blocks bytes.Buffer
	e := json.NewEncoder(&blocks)
	e.SetEscapeHTML(false)
	if err := e.Encode([]block{{Type: "section", Text: &title}, asked}); err != nil {
		return provider.Sent{}, fmt.Errorf("encode the blocks: %w", err)
	}
	return s.post(ctx, to, url.Values{"text": {escape(q.GetTitle())}, "blocks": {string(bytes.TrimSpace(blocks.Bytes()))}})
}

// post makes a message: https://docs.slack.dev/reference/methods/chat.postMessage
func (s *sender) post(ctx context.Context, to place, form url.Values) (provider.Sent, error) {
	form.Set("channel", to.channel)
	if to.thread != "" {
		form.Set("thread_ts", to.thread)
	}
	var made struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}
	resp, err := s.ask(ctx, call{method: "chat.postMessage", form: form}, &made)
	if err != nil {
		return provider.Sent{}, err
	}
	if made.TS == "" || len(made.TS) > 40 {
		return provider.Sent{}, resp.Unanswered(errors.New("chat.postMessage: no ts"))
	}
	return provider.Sent{Ref: to.channel + ":" + made.TS}, nil
}
