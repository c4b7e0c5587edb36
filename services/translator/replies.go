package translator

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/fit"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Numbered replies stay open in CONTEXT for 24 hours, under the contact's name: an answer "2" is mapped back to the
// second. The record says which question it is and which message answered it, so that whatever is handled again, the
// question or the answer, finds it as it was.

func (t *Translator) repliesKey(channel, name string) string {
	return channel + "." + t.contacts.Key(channel, name)
}

// question reads the last question; none, and one that cannot be read, is an empty one.
func (t *Translator) question(ctx context.Context, key string) (*indexv1.Question, uint64, error) {
	q := &indexv1.Question{}
	data, revision, err := kv.Open(t.bus, topology.Context).Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return q, 0, nil
	}
	if err == nil && proto.Unmarshal(data, q) != nil {
		q = &indexv1.Question{}
	}
	return q, revision, err
}

// putQuestion writes where the revision is still this one, 0 being none.
func (t *Translator) putQuestion(ctx context.Context, key string, q *indexv1.Question, revision uint64) error {
	data, err := proto.Marshal(q)
	if err != nil {
		return errors.New("open replies cannot be written") // the error could quote them
	}
	if revision > 0 {
		_, err = kv.Open(t.bus, topology.Context).Update(ctx, key, data, revision)
	} else if _, err = kv.Open(t.bus, topology.Context).Create(ctx, key, data); errors.Is(err, bus.ErrExists) {
		return bus.ErrConflict
	}
	return err
}

// openReplies remembers the replies that a message offers by number. A question whose replies can be tapped closes
// those of the question before. again says that the message is handled again: it neither opens replies that were answered
// nor brings back an older question.
func (t *Translator) openReplies(ctx context.Context, sequence uint64, m *messagev1.Message, numbered []string, again bool) error {
	if m.GetContent().GetQuickReply() == nil {
		return nil
	}
	key := t.repliesKey(m.GetChannel(), m.GetContact().GetAddress())
	const tries = 10
	for range tries {
		last, revision, err := t.question(ctx, key)
		if err != nil {
			return err
		}
		if again && last.GetSequence() >= sequence || len(numbered) == 0 && revision == 0 {
			return nil
		}
		err = t.putQuestion(ctx, key, &indexv1.Question{Sequence: sequence, Replies: numbered}, revision)
		if errors.Is(err, bus.ErrNoRoom) { // the question goes out all the same; its answer comes as the number
			t.log.Warn("the replies of a question are not remembered: the store is full", "channel", m.GetChannel(), "id", m.GetId())
			return nil
		}
		if !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("open replies: %w", bus.ErrConflict)
}

// longestAnswer is more than a number with its marks takes, in bytes: a longer text is not looked up.
const longestAnswer = 16

// answer is the message's content, a number that answers an open question replaced by the reply it stands for. answered
// closes the question; it is called once the message is on its way.
func (t *Translator) answer(ctx context.Context, m *messagev1.Message, name string) (c *messagev1.Content, answered func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	text := m.GetContent().GetText().GetBody()
	if text == "" || len(text) > longestAnswer || m.GetRevision() == messagev1.Revision_REVISION_EDITED {
		return m.GetContent(), nothing, nil
	}
	key := t.repliesKey(m.GetChannel(), name)
	q, revision, err := t.question(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	reply, ok := fit.Answer(text, q.GetReplies())
	if by := q.GetAnsweredBy(); !ok || by != "" && by != m.GetId() {
		return m.GetContent(), nothing, nil
	}
	return content.Text(reply), func(ctx context.Context) error {
		q.AnsweredBy = m.GetId()
		err := t.putQuestion(ctx, key, q, revision)
		if errors.Is(err, bus.ErrConflict) {
			return nil // another question was asked meanwhile
		}
		if errors.Is(err, bus.ErrNoRoom) { // the message is on its way; the same number may answer once more
			t.log.Warn("a question is not remembered as answered: the store is full", "channel", m.GetChannel(), "id", m.GetId())
			return nil
		}
		return err
	}, nil
}
