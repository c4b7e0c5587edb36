package topology

import (
	"fmt"
	"strings"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Key identifies one send, and is the same for every try of it. It is the send's Nats-Msg-Id on EGRESS_*, the last token of its
// outcome's subject, and the key of its dead letter. A replay is another send, of the next generation. part counts from 0; a
// message that was not split is part 0.
func Key(id string, generation, part uint32) string {
	return fmt.Sprintf("%s-%d-%d", id, generation, part)
}

// MessageKey is the [Key] of sending this message, or this part of a message.
func MessageKey(m *messagev1.Message) string {
	return Key(m.GetId(), m.GetGeneration(), m.GetPart().GetIndex())
}

// StatusKey is the key of telling the platform a status of a message. Each status of a generation is told once.
func StatusKey(id string, generation uint32, s eventv1.Status) string {
	return fmt.Sprintf("%s-%d-%s", id, generation, StatusName(s))
}

// StatusName is the word for a status: sent, delivered, read, failed.
func StatusName(s eventv1.Status) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "STATUS_"))
}

// StateKey is the key in the bucket STATE under which a network keeps what it wants of a channel.
func StateKey(network, channel string) string { return network + "." + channel }

// ContactStateKey is the key in the bucket CONTACTS under which a network keeps what it wants of a contact. contact is a digest, or
// "*" for a filter that matches all.
func ContactStateKey(network, channel, contact string) string {
	return "kept." + network + "." + channel + "." + contact
}
