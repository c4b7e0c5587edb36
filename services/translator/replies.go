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

// Numbered replies stay open in CONTEXT for 24 hours, under the contact's name: an answer "2" is mapped back to the
// second.

func (t *Translator) repliesKey(channel, name string) string {
	return channel + "." + t.nameKey(channel, name)
}

// openReplies remembers the replies that a message offers by number. A question whose replies can be tapped closes
// those of the question before.
func (t *Translator) openReplies(ctx context.Context, m *messagev1.Message, numbered []string) error {
	name := m.GetContact().GetAddress()
	switch {
	case len(numbered) > 0:
		data, err := json.Marshal(numbered)
		if err != nil {
			return err
		}
		return t.bus.Bucket(bus.Context).Put(ctx, t.repliesKey(m.GetChannel(), name), data)
	case m.GetContent().GetQuickReply() != nil:
		return t.closeReplies(ctx, m.GetChannel(), name)
	default:
		return nil
	}
}

func (t *Translator) closeReplies(ctx context.Context, channel, name string) error {
	return t.bus.Bucket(bus.Context).Delete(ctx, t.repliesKey(channel, name))
}

// longestAnswer is more than a number with its marks takes, in bytes: a longer text is not looked up.
const longestAnswer = 16

// answer is the message's content, a number that answers an open question replaced by the reply it stands for.
func (t *Translator) answer(ctx context.Context, m *messagev1.Message, name string) (content *messagev1.Content, answered bool, err error) {
	text := m.GetContent().GetText().GetBody()
	if text == "" || len(text) > longestAnswer || m.GetRevision() == messagev1.Revision_REVISION_EDITED {
		return m.GetContent(), false, nil
	}
	data, _, err := t.bus.Bucket(bus.Context).Get(ctx, t.repliesKey(m.GetChannel(), name))
	if errors.Is(err, bus.ErrNotFound) {
		return m.GetContent(), false, nil
	}
	if err != nil {
		return nil, false, err
	}
	var numbered []string
	if err := json.Unmarshal(data, &numbered); err != nil {
		return nil, false, errors.New("open replies cannot be read") // the error would quote them
	}
	reply, ok := fit.Answer(text, numbered)
	if !ok {
		return m.GetContent(), false, nil
	}
	return provider.Text(reply), true, nil
}
