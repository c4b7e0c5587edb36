package deadletter

import (
	"cmp"
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Burial is what could not go on.
type Burial struct {
	// Subject and Sequence are where it was stored.
	Subject  string
	Sequence uint64
	// Network is the channel's, where neither the subject nor the event tells: of what goes to the platform. Else "".
	Network string
	// Key is the send's, or else names the entry that could not be handled. A letter with the key of an earlier one, within
	// two minutes, is that letter.
	Key string
	// Reason is why, for a person. It holds no content and no personal data.
	Reason string
	// Body is what was stored, whole; Event is the event in it, nil where it holds none or cannot be read.
	Body  []byte
	Event *eventv1.Event
	// Unsent are the parts of the message that were not sent.
	Unsent []uint32
}

// Bury stores a dead letter. Until it is stored the entry has to stay where it is.
func Bury(ctx context.Context, b *bus.Bus, d Burial) error {
	network, channel := topology.PlaceOf(d.Subject)
	if network == topology.Platform { // what goes to the platform is of its channel's network
		network = cmp.Or(d.Network, topology.About(d.Event).Network, network)
	}
	network, channel = cmp.Or(network, "unknown"), cmp.Or(channel, "unknown")
	_, err := b.Publish(ctx, bus.Post{
		Subject: topology.DeadSubject(b.Name(), network, channel), ID: "dead-" + d.Key,
		Body: &eventv1.DeadLetter{
			Service: b.Name(), Network: network, Channel: channel, Subject: d.Subject, Key: d.Key, Reason: strings.ToValidUTF8(d.Reason, "?"), Body: d.Body,
			UnsentParts: d.Unsent, At: timestamppb.Now(), TraceId: bus.TraceID(ctx), Sequence: d.Sequence,
		},
	})
	return err
}
