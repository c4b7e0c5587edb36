package outbound

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// keyed holds a network that drops repeats, or hands our id back, to its word: every try of a message makes the same
// requests, and another message or part makes others. What is answered with a reply token is told apart by that.
func (s Playing) keyed(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	confirms := s.Network.Describe().Confirms
	m, err := a.Message()
	if err != nil || !a.Succeeds() || confirms.IdempotencyKey == "" && confirms.OwnID == "" || a.Before.Answerable(m.GetContact().GetAddress()) {
		return
	}
	play := func(m *messagev1.Message) ([]string, bool) {
		requests, _, ok := s.retry(r, a.With(m), a.Answers)
		return requests, ok
	}
	first, ok := play(m)
	if !ok {
		return
	}
	if again, ok := play(m); ok && !slices.Equal(first, again) {
		r.Errorf("message.json: another try makes another request: first %s then %s", strings.Join(first, ""), strings.Join(again, ""))
	}
	other := proto.CloneOf(m)
	other.Id += "x"
	if requests, ok := play(other); ok && slices.Equal(first, requests) {
		r.Errorf("message.json: another message with the same content makes the same request: it holds no idempotency key")
	}
	other = proto.CloneOf(m)
	other.Part = &messagev1.Part{Index: m.GetPart().GetIndex() + 1, Count: m.GetPart().GetCount() + 2}
	if requests, ok := play(other); ok && slices.Equal(first, requests) {
		r.Errorf("message.json: another part of the message makes the same request: its idempotency key does not tell parts apart")
	}
	other = proto.CloneOf(m)
	other.Resent++
	if requests, ok := play(other); ok && slices.Equal(first, requests) {
		r.Errorf("message.json: the message makes the same request when it is sent again after it had failed: its key is not provider.IdempotencyKey")
	}
}
