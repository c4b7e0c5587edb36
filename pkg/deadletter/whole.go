package deadletter

import (
	"cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Whole is a dead letter with its content. Body and Event hold what a person wrote, and to whom: show them to operators who may see
// content, and log nothing of them.
type Whole struct {
	Letter
	// Why is the reason for which it was given up.
	Why reason.Reason
	// Body is the stored body: an event or a network's call. Event is the event in it, nil for a call and for a body that cannot be
	// read.
	Body  []byte
	Event *eventv1.Event
}

// Open reads an entry of the stream DEAD. An entry that cannot be read is a letter too, of the kind [Other].
func Open(m *bus.Message) Whole {
	l, dead, event := open(m)
	w := Whole{Letter: l, Why: reason.FromProto(dead.GetWhy(), dead.GetReason()), Body: dead.GetBody(), Event: event}
	if w.Why.IsZero() {
		w.Why = reason.UnreadableLetter
	}
	return w
}

// Filter matches the subjects of the letters of a network and a channel; "" stands for any.
func Filter(network, channel string) string {
	return topology.DeadSubject("*", cmp.Or(network, "*"), cmp.Or(channel, "*"))
}

// Stored is where the entry was stored that was given up: its subject and its sequence. The sequence is 0 if it was never stored.
func (l Letter) Stored() (subject string, sequence uint64) { return l.subject, l.entry }

// Next are the keys under which the parts of a message are sent after [Replay] of these letters; none for letters that hold no
// message.
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
