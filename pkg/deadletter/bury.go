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

// Burial is what could not go on. Subject, Key and Why are required; Body and Sequence are, where the entry was
// stored.
type Burial struct {
	// Subject and Sequence are where it was stored. A replay goes to the same place, and looks there whether the
	// entry is still being worked on; Sequence 0 says that it was never stored.
	Subject  string
	Sequence uint64
	// Network is the channel's, where neither the subject nor the event tells: of what goes to the platform. Else "".
	Network string
	// Key is the send's, or else names the entry that could not be handled. A letter with the key of an earlier one, within
	// two minutes, is that letter.
	Key string
	// Why it was given up. It holds no content and no personal data.
	Why reason.Reason
	// Body is what was stored, whole: a replay needs all of it. Event is the event in it, nil where it holds none or
	// cannot be read; it only says whose the letter is.
	Body  []byte
	Event *eventv1.Event
	// Unsent are the parts of the message that were not sent, by index; nil for what has no parts.
	Unsent []uint32
}

// Bury stores a dead letter, and returns when it is stored. Until then the entry has to stay where it is: to
// take it out first could lose it. An error leaves open whether it was stored; to call it again with the same key
// is right. The errors are those of [bus.Bus.Publish], such as [bus.ErrNoRoom] and [bus.ErrTooLarge].
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
