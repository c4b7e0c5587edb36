package translator

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/translator/fit"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Numbered replies stay open in CONTEXT for 24 hours, under the contact: an answer "2" is mapped back to the second.

func (t *Translator) repliesKey(channel, address string) string {
	return channel + "." + t.bus.Digest("contact", channel, address)
}

// openReplies remembers the replies that a message offers by number. A question whose replies can be tapped closes
// those of the question before.
func (t *Translator) openReplies(ctx context.Context, m *messagev1.Message, address string, numbered []string) error {
	switch {
	case len(numbered) > 0:
		data, err := json.Marshal(numbered)
		if err != nil {
			return err
		}
		return t.bus.Bucket(bus.Context).Put(ctx, t.repliesKey(m.GetChannel(), address), data)
	case m.GetContent().GetQuickReply() != nil:
		return t.closeReplies(ctx, m.GetChannel(), address)
	default:
		return nil
	}
}

func (t *Translator) closeReplies(ctx context.Context, channel, address string) error {
	return t.bus.Bucket(bus.Context).Delete(ctx, t.repliesKey(channel, address))
}

// answer is the message's content, a number that answers an open question replaced by the reply it stands for.
func (t *Translator) answer(ctx context.Context, m *messagev1.Message) (content *messagev1.Content, answered bool, err error) {
	text := m.GetContent().GetText().GetBody()
	if text == "" || len(text) > 16 || m.GetRevision() == messagev1.Revision_REVISION_EDITED {
		return m.GetContent(), false, nil
	}
	data, _, err := t.bus.Bucket(bus.Context).Get(ctx, t.repliesKey(m.GetChannel(), m.GetContact().GetAddress()))
	if errors.Is(err, bus.ErrNotFound) {
		return m.GetContent(), false, nil
	}
	if err != nil {
		return nil, false, err
	}
	var numbered []string
	if err := json.Unmarshal(data, &numbered); err != nil {
		return nil, false, err
	}
	reply, ok := fit.Answer(text, numbered)
	if !ok {
		return m.GetContent(), false, nil
	}
	return provider.Text(reply), true, nil
}
