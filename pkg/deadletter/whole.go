package deadletter

import (
	"cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Whole is a dead letter with what it holds. Body and Event hold what a person wrote, and to whom: they are for an
// operator's eyes, and for no log.
type Whole struct {
	Letter
	// Why is why it was given up, as data.
	Why reason.Reason
	// Body is what was stored, an event or a network's call. Event is the event in it; nil for a call, and for what cannot be
	// read.
	Body  []byte
	Event *eventv1.Event
}

// Open reads what the stream DEAD holds. What cannot be read is a letter too, of the kind [Other].
func Open(m *bus.Message) Whole {
	l, dead, event := open(m)
	w := Whole{Letter: l, Why: reason.FromProto(dead.GetWhy(), dead.GetReason()), Body: dead.GetBody(), Event: event}
	if w.Why.IsZero() {
		w.Why = reason.UnreadableLetter
	}
	return w
}

// Filter is the subjects of letters of a network and a channel; "" stands for any.
func Filter(network, channel string) string {
	return topology.DeadSubject("*", cmp.Or(network, "*"), cmp.Or(channel, "*"))
}

// Stored is where the entry was stored that could not go on: its subject, and its sequence in the stream, 0 where it never
// was.
func (l Letter) Stored() (subject string, sequence uint64) { return l.subject, l.entry }

// Next are the keys under which the parts of a message are sent after [Replay] has brought these letters back; none for
// what is no message.
func Next(letters []Letter) (keys []string) {
	last := uint32(0)
	for _, l := range letters {
		last = max(last, l.Generation)
	}
	for _, l := range letters {
		if l.ID != "" && l.Generation == last {
			keys = append(keys, topology.Key(l.ID, l.Generation+1, l.Part))
		}
	}
	return keys
}
