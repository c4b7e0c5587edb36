package deadletter

import (
	"cmp"
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Burial describes an entry that is given up. Subject, Key and Why are required; so are Body and Sequence if the entry was stored.
type Burial struct {
	// Subject and Sequence are where the entry is stored. A replay publishes to the same subject, and looks there whether the entry is
	// still being worked on. Sequence 0 means that it was never stored.
	Subject  string
	Sequence uint64
	// Network is the channel's network, for an entry that goes to the platform and does not name it; otherwise "".
	Network string
	// Key is the key of the send, or names the entry that could not be handled. A second burial with the same key within two minutes
	// makes no second letter.
	Key string
	// Why is the reason. It holds no content and no personal data.
	Why reason.Reason
	// Body is the whole stored body: a replay needs it. Event is the event in it, nil if it holds none or cannot be read; it only
	// serves to name the channel and the message.
	Body  []byte
	Event *eventv1.Event
	// Unsent are the indexes of the parts of the message that were not sent; nil for an entry without parts.
	Unsent []uint32
}

// Bury stores a dead letter, and returns once it is stored. The caller must not delete the entry before, or it could be lost. After an
// error the letter may have been stored or not: call Bury again with the same key. The errors are those of [bus.Bus.Publish], such as
// [bus.ErrNoRoom] and [bus.ErrTooLarge].
func Bury(ctx context.Context, b *bus.Bus, d Burial) error {
	network, channel := topology.PlaceOf(d.Subject)
	if network == topology.Platform { // what goes to the platform is of its channel's network
		network = cmp.Or(d.Network, topology.About(d.Event).Network, network)
	}
	// a subject needs both; an operator finds the letter under "unknown"
	network, channel = cmp.Or(network, "unknown"), cmp.Or(channel, "unknown")
	why := d.Why.Proto()
	_, err := b.Publish(ctx, bus.Post{
		Subject: topology.DeadSubject(b.Name(), network, channel), ID: "dead-" + d.Key,
		Body: &eventv1.DeadLetter{
			Service: b.Name(), Network: network, Channel: channel, Subject: d.Subject, Key: d.Key, Reason: why.GetEn(), Why: why, Body: d.Body,
			UnsentParts: d.Unsent, At: timestamppb.Now(), TraceId: bus.TraceID(ctx), Sequence: d.Sequence,
		},
	})
	if err == nil {
		b.Meter().DeadLetter(ctx, network, kindOf(d).String())
	}
	return err
}

// kindOf says what a letter holds, for a metric.
func kindOf(d Burial) Kind {
	l := Letter{}
	if d.Event != nil {
		l.describe(d.Event)
	} else if strings.HasPrefix(d.Subject, "webhook.") {
		l.Kind = Call
	}
	return l.Kind
}
