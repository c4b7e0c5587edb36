package providertest

import (
	"encoding/json"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// keyed holds a network that drops repeats, or hands our id back, to its word: every try of a message makes the same
// requests, and another message or part makes others. What is answered with a reply token is told apart by that.
func (s *stage) keyed(r reporter, a *act) {
	r.Helper()
	confirms := s.network.Describe().Confirms
	m, err := a.message()
	if err != nil || !a.succeeds() || confirms.IdempotencyKey == "" && confirms.OwnID == "" || a.before.last(m.GetContact().GetAddress()).Token != "" {
		return
	}
	play := func(m *messagev1.Message) ([]string, bool) {
		requests, _, ok := s.retry(r, a.with(m), a.answers)
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
}

// message is the message of a message.json.
func (a *act) message() (*messagev1.Message, error) {
	var m messagev1.Message
	if a.name != "message.json" {
		return &m, errUnable
	}
	return &m, protojson.Unmarshal([]byte(a.input), &m)
}

// with is the act with another message.
func (a *act) with(m *messagev1.Message) *act {
	data, err := protojson.Marshal(m)
	if err != nil {
		data = []byte(err.Error()) // no message: reported when it is played
	}
	other := &act{name: a.name, input: string(data), answers: a.answers, expected: a.expected}
	other.before.like(&a.before)
	return other
}

// succeeds says that the conversation expects the act to succeed.
func (a *act) succeeds() bool {
	var outcome map[string]any
	return json.Unmarshal([]byte(a.expected), &outcome) == nil && outcome["class"] == nil
}
