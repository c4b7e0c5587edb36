package bus

import (
	"cmp"
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// bury stores a dead letter: what could not go on, whole, with its cause.
func (b *Bus) bury(ctx context.Context, e *Entry, key, reason string, unsent []uint32) error {
	network, channel := topology.PlaceOf(e.Subject)
	network, channel = cmp.Or(network, "unknown"), cmp.Or(channel, "unknown")
	if of := networkOf(e.Event); network == topology.Platform && of != "" {
		network = of // what goes to the platform is of its channel's network
	}
	_, err := b.Publish(ctx, Post{
		Subject: topology.DeadSubject(b.name, network, channel), ID: "dead-" + key,
		Body: &eventv1.DeadLetter{
			Service: b.name, Network: network, Channel: channel, Subject: e.Subject, Key: key, Reason: strings.ToValidUTF8(reason, "?"), Body: e.Body,
			UnsentParts: unsent, At: timestamppb.Now(), TraceId: TraceID(ctx), Sequence: e.Sequence,
		},
	})
	return err
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
