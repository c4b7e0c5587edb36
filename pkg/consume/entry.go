package consume

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/budget"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Entry is one stored message, as a handler gets it. One goroutine at a time uses it, the next try perhaps another; it has no lock. A
// handler must not keep it after it has returned.
type Entry struct {
	// Subject and Sequence are where it is stored: its subject, and its place in the stream, from 1.
	Subject  string
	Sequence uint64
	// ID is the message id that it was stored under: on EGRESS_* the key of the send. "" for none.
	ID string
	// Event is the body of an entry of a queue ([Work], [Feed]); nil where it cannot be read. [Follow] leaves it
	// nil: its Split decodes the body, which need not be an event.
	Event *eventv1.Event
	// Lane is the lane of the event ([Lane]); "" where there is no Event. It stays while the body is dropped.
	Lane string
	// Body is the body as it was stored, so that a dead letter can hold it whole, also where it cannot be read. It
	// must not be changed.
	Body []byte
	// Try counts the tries of an entry of a queue, from 1; 0 before the first. One that ended in [RetryAfter] is not
	// counted.
	Try int
	// Read is when this process first read it, by its own clock; Stored is when the broker stored it, by the
	// broker's.
	Read, Stored time.Time
	// Suspect says that an earlier reader may have acted on it already, or that it may be stored twice. A handler that acts on the
	// world outside has to find out first whether that was done, and sets Suspect to false when it knows.
	Suspect bool
	// State is what the work on a queue remembers of it between tries; it is kept while the entry waits.
	State any

	// note is what SetNote said.
	note atomic.Pointer[any]
	// holds says whether it waits for more than the work on it.
	holds progress.Holds
	// message is what was read, for its trace. nil while the body is dropped for want of room.
	message *bus.Message
	// charged is what the process's budget was charged for it, in bytes; 0 where it was not kept for a later turn.
	charged int
}

// entryOf is an entry for a message that was read just now.
func entryOf(m *bus.Message) *Entry {
	return &Entry{Subject: m.Subject, Sequence: m.Sequence, ID: m.ID(), Body: m.Data, Read: time.Now(), Stored: m.Stored, Suspect: m.Repeat(), message: m}
}

// decode reads the body as an event. On an error Event stays nil. The error holds no content.
func (e *Entry) decode() error {
	ev := &eventv1.Event{}
	if err := proto.Unmarshal(e.Body, ev); err != nil {
		return fmt.Errorf("read %s: %w", topology.StreamOf(e.Subject), err)
	}
	e.Event, e.Lane = ev, Lane(ev)
	return nil
}

// Hold lets the handler return, and the entry's lane go on, while something that the entry caused is not stored yet. The entry is
// finished when the handler has returned and release was called, by any goroutine. Until then the position does not pass it, so that
// after a crash it is handled again, and stores that something then. It is for what may come after what is behind the entry in its
// lane, such as an entry of the journal.
//
// Call release once for each call of Hold. If it could not be stored, never call it: the next reader handles the entry again.
func (e *Entry) Hold() (release func()) {
	return e.holds.More()
}

// Context is one try's: under the trace of whoever stored the entry. Where this may not be the first time that
// somebody acts on it, what is published under the context is marked as a repeat, so that the next reader looks too.
func (e *Entry) Context(ctx context.Context) context.Context {
	ctx = e.message.Context(ctx)
	if e.Suspect || e.Try > 1 {
		ctx = bus.WithRepeat(ctx)
	}
	return ctx
}

// Lane is the queue an event keeps its order in: its contact, each way. What tells the platform about a message has a
// lane of its own, so that a receipt the platform does not know yet holds back no message. Events of an unknown kind
// share one lane, "".
//
// An echo is a message to the platform, and has its order among those that the contact wrote.
func Lane(e *eventv1.Event) string {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		lane := k.Message.GetChannel() + "/" + k.Message.GetContact().GetAddress()
		if k.Message.GetDirection() == messagev1.Direction_DIRECTION_OUTBOUND {
			return "out/" + lane
		}
		return "in/" + lane
	case *eventv1.Event_Echo:
		m := k.Echo.GetMessage()
		return "in/" + m.GetChannel() + "/" + m.GetContact().GetAddress()
	case *eventv1.Event_Status:
		return "status/" + k.Status.GetId()
	case *eventv1.Event_Outcome:
		return "outcome/" + k.Outcome.GetId()
	case *eventv1.Event_Receipt:
		return "receipt/" + k.Receipt.GetRef() + k.Receipt.GetOwnId()
	default:
		return ""
	}
}

// AcceptedAt is when an event was accepted, by the clock of the process that did; the zero time where it does not
// say.
func AcceptedAt(e *eventv1.Event) time.Time {
	at := topology.MessageOf(e).GetAcceptedAt()
	if s := e.GetStatus(); s != nil {
		at = s.GetAcceptedAt()
	}
	if at == nil {
		return time.Time{} // AsTime would say 1970
	}
	return at.AsTime()
}

// waiting is all that is kept of a message whose turn has not come, where the process has no room for more.
type waiting struct {
	sequence uint64
	// id is a hash of the message's id, and at when it was accepted, in seconds since 1970: so that whoever looks finds it.
	id, at uint32
	// place is its subject's among those of the queue.
	place uint32
}

// waitingOf is what is kept of an entry.
func waitingOf(e *Entry, place uint32) waiting {
	at := e.Stored
	if accepted := AcceptedAt(e.Event); !accepted.IsZero() {
		at = accepted
	}
	return waiting{e.Sequence, hashOf(topology.About(e.Event).ID), uint32(max(at.Unix(), 0)), place}
}

var idSeed = maphash.MakeSeed()

// hashOf is a hash of a message's id.
func hashOf(id string) uint32 { return uint32(maphash.String(idSeed, id)) }

// HeldBytes bounds, in bytes, the bodies of waiting messages that all queues of the process keep in memory. Each queue may keep 64 kB
// besides, and one of a channel keeps 1.5 MB at most. A message beyond that is read again when its turn comes, which takes about
// 0.1 ms.
const HeldBytes = budget.All
