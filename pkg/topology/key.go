package topology

import (
	"fmt"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Key identifies one send, the same for every try of it: its Nats-Msg-Id on EGRESS_*, the last token of its outcome's subject and
// its dead letter. A replay is a send of the next generation. part counts from 0; of a whole message it is 0.
func Key(id string, generation, part uint32) string {
	return fmt.Sprintf("%s-%d-%d", id, generation, part)
}

// MessageKey is the key of sending this message, or this part of one.
func MessageKey(m *messagev1.Message) string {
	return Key(m.GetId(), m.GetGeneration(), m.GetPart().GetIndex())
}

// StatusKey is the key of telling the platform a status. Each status of a generation is told once.
func StatusKey(id string, generation uint32, s eventv1.Status) string {
	return fmt.Sprintf("%s-%d-%s", id, generation, StatusName(s))
}

// StatusName is the word for a status: sent, delivered, read, failed.
func StatusName(s eventv1.Status) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "STATUS_"))
}

// StateKey is where STATE has what a network keeps of a channel.
func StateKey(network, channel string) string { return network + "." + channel }

// ContactStateKey is where CONTACTS has what a network keeps of a contact, which is a digest here. With "*" it is a filter.
func ContactStateKey(network, channel, contact string) string {
	return "kept." + network + "." + channel + "." + contact
}
