package deadletter

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Kind says what a dead letter holds, and so how [Replay] brings it back. The zero value cannot be brought back.
type Kind int

// The kinds of dead letters.
const (
	Other    Kind = iota // something that no service of this version can read, or an outcome: nothing to bring back
	Status               // a status for the platform, which is out of date by now: nothing to bring back
	Outbound             // a message for a contact, or a part of one
	Inbound              // a message for the platform, or a part of one
	Echo                 // the same, but written by the business elsewhere
	Call                 // a network's call that could not be read, or an event of one
)

// String is the kind's name, as commands and errors show it.
func (k Kind) String() string {
	return [...]string{"other", "status", "outbound", "inbound", "echo", "call"}[k]
}

// Letter describes a dead letter, without content and personal data, so that it may be listed and logged. It is a copy of what was
// stored at the time of the call.
type Letter struct {
	// Sequence is its number, from 1, which [Read] takes. It never changes.
	Sequence uint64
	Kind     Kind
	// Service is the name of the service that gave it up. Network and Channel are those of its channel, or "unknown".
	Service, Network, Channel string
	// Key is the key of the send, or names the entry that could not be handled. The outcome of a send is stored under the same key.
	Key string
	// ID and Generation are those of the message; ID is "" if the letter holds no message. Part is the index of the part, from 0, and
	// Parts the number of parts: 0 and 1 for a message that was not split.
	ID         string
	Generation uint32
	Part       uint32
	Parts      uint32
	// Why is the reason for which it was given up, and At the time.
	Why reason.Reason
	At  time.Time
	// TraceID names the trace of the try that gave it up: 32 hex digits, or "" if tracing was off.
	TraceID string

	// subject is where the entry was stored, by which it is known how to bring it back.
	subject string
	// entry is its sequence there; 0 where it was never stored.
	entry uint64
}

// open reads a stored dead letter, and the event that it holds where it holds one. What cannot be read is a letter
// too, of [Other]: an operator has to see it. It fails with nothing.
func open(m *bus.Message) (Letter, *eventv1.DeadLetter, *eventv1.Event) {
	l := Letter{Sequence: m.Sequence, At: m.Stored, Parts: 1, Why: reason.UnreadableLetter}
	// these stand in the subject too, so that they are known of a letter that cannot be read
	if t := strings.Split(m.Subject, "."); len(t) == 4 {
		l.Service, l.Network, l.Channel = t[1], t[2], t[3]
	}
	dead := &eventv1.DeadLetter{}
	if err := proto.Unmarshal(m.Data, dead); err != nil {
		return l, dead, nil
	}
	l.Key, l.Why, l.TraceID = dead.GetKey(), reason.FromProto(dead.GetWhy(), dead.GetReason()), dead.GetTraceId()
	l.subject, l.entry = topology.Current(dead.GetSubject()), dead.GetSequence()
	// a letter without a time was given up when it was stored, or shortly before
	if dead.GetAt() != nil {
		l.At = dead.GetAt().AsTime()
	}
	// by where it was stored: only these can be brought back
	switch kind, _, _ := strings.Cut(l.subject, "."); kind {
	case "webhook":
		call := &webhookv1.Call{}
		if err := proto.Unmarshal(dead.GetBody(), call); err != nil || !foreign(l.Service, call) {
			l.Kind = Call
		}
	case "message", "egress":
		event := &eventv1.Event{}
		if err := proto.Unmarshal(dead.GetBody(), event); err == nil && !foreign(l.Service, event) {
			l.describe(event)
			return l, dead, event
		}
	}
	return l, dead, nil
}

// foreign says that a network's service wrote a letter about another network. No service does that: whoever stole its key did. To bring
// such a letter back would store it where the key has no right to write. The broker allows each service only its own name in the subject.
func foreign(service string, body proto.Message) bool {
	far, ok := strings.CutPrefix(service, "egress-")
	return ok && far != topology.Platform && topology.About(body).Network != far
}

// describe fills in what the event says: the kind, and which message or part of one it is. An event without a
// message, or without a direction, stays of the kind Other.
func (l *Letter) describe(e *eventv1.Event) {
	var m *messagev1.Message
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Status:
		l.Kind, l.ID, l.Generation = Status, k.Status.GetId(), k.Status.GetGeneration()
		return
	case *eventv1.Event_Echo:
		m, l.Kind = k.Echo.GetMessage(), Echo
	case *eventv1.Event_Message:
		m = k.Message
		switch m.GetDirection() {
		case messagev1.Direction_DIRECTION_OUTBOUND:
			l.Kind = Outbound
		case messagev1.Direction_DIRECTION_INBOUND:
			l.Kind = Inbound
		}
	}
	if m.GetId() == "" {
		l.Kind = Other
		return
	}
	l.ID, l.Generation = m.GetId(), m.GetGeneration()
	if p := m.GetPart(); p != nil {
		l.Part, l.Parts = p.GetIndex(), p.GetCount()
	}
}

// waits says that it was ready for a destination when it was given up: it is published there again. What was not is
// handled by the translator again.
func (l Letter) waits() bool { return strings.HasPrefix(l.subject, "egress.") }
