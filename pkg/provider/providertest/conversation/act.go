package conversation

import (
	"encoding/json"
	"errors"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
)

// Act is one input with what follows from it.
type Act struct {
	// Name is the input's file name, Input its content.
	Name, Input string
	// Requests are those that the network's API is called with, as [RenderRequest] shows them; Answers what it answers.
	Requests, Answers []string
	// Expected is the content of events.json or outcome.json.
	Expected string
	// Account is what the channel's account is from here on, nil where it stays.
	Account json.RawMessage
	// Before is how contacts could be answered when the act began. Who plays the conversation sets it.
	Before sendertest.Replies
	// Kept is what was kept of the channel and its contacts when the act began. Who plays the conversation sets it.
	Kept sendertest.State
}

var inputs = []string{"call.json", "call.http", "message.json", "fetch.json", "setup.json", "check.json", "listen.json"}

// IsCall says that the act is a webhook call.
func (a *Act) IsCall() bool { return strings.HasPrefix(a.Name, "call.") }

// Message is the message of a message.json.
func (a *Act) Message() (*messagev1.Message, error) {
	var m messagev1.Message
	if a.Name != "message.json" {
		return &m, errors.New(a.Name + " is no message")
	}
	return &m, protojson.Unmarshal([]byte(a.Input), &m)
}

// With is the act with another message.
func (a *Act) With(m *messagev1.Message) *Act {
	data, err := protojson.Marshal(m)
	if err != nil {
		data = []byte(err.Error()) // no message: reported when it is played
	}
	other := &Act{Name: a.Name, Input: string(data), Answers: a.Answers, Expected: a.Expected}
	other.Before.CopyFrom(&a.Before)
	other.Kept.CopyFrom(&a.Kept)
	return other
}

// Succeeds says that the conversation expects the act to succeed.
func (a *Act) Succeeds() bool {
	var outcome map[string]any
	return json.Unmarshal([]byte(a.Expected), &outcome) == nil && outcome["class"] == nil
}
