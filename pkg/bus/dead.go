package bus

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// bury stores a dead letter: what could not go on, whole, with its cause.
func (b *Bus) bury(ctx context.Context, e *Entry, key, reason string, unsent []uint32) error {
	network, channel := placeOf(e.Subject)
	if of := networkOf(e.Event); network == Platform && of != "" {
		network = of // what goes to the platform is of its channel's network
	}
	_, err := b.Publish(ctx, Post{
		Subject: DeadSubject(b.name, network, channel), ID: "dead-" + key,
		Body: &eventv1.DeadLetter{
			Service: b.name, Network: network, Channel: channel, Subject: e.Subject, Key: key, Reason: strings.ToValidUTF8(reason, "?"), Body: e.Body,
			UnsentParts: unsent, At: timestamppb.Now(), TraceId: TraceID(ctx), Sequence: e.Sequence,
		},
	})
	return err
}

// placeOf is the network and the channel that a subject names.
func placeOf(subject string) (network, channel string) {
	t := strings.Split(subject, ".")
	switch {
	case t[0] == "egress" && len(t) == 3:
		return t[1], t[2]
	case t[0] == "message" && len(t) == 4:
		return t[2], t[3]
	case (t[0] == "webhook" || t[0] == "outcome") && len(t) >= 4:
		return t[1], t[3]
	default:
		return "unknown", "unknown"
	}
}

// networkOf is the network of the channel that an event is about, "" where it does not say.
func networkOf(e *eventv1.Event) string {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return k.Message.GetNetwork()
	case *eventv1.Event_Echo:
		return k.Echo.GetMessage().GetNetwork()
	case *eventv1.Event_Status:
		return k.Status.GetNetwork()
	default:
		return ""
	}
}
