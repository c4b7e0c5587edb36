package consume

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Entry is one stored message in a handler's hands. It is worked on by one goroutine at a time.
type Entry struct {
	Subject  string
	Sequence uint64
	// ID is the message id that it was stored under: on EGRESS_* the key of the send. "" for none.
	ID string
	// Event is the body of MESSAGES, EGRESS_* and OUTCOMES_*; nil where it cannot be read, and on WEBHOOKS_*.
	Event *eventv1.Event
	// Body is the body as it was stored.
	Body []byte
	// Try counts from 1.
	Try int
	// Read is when this process first read it, Stored when the broker stored it.
	Read, Stored time.Time
	// Suspect says that an earlier reader may have acted on it. Who has found out takes the mark off.
	Suspect bool
	// State is what the work on a queue remembers of it between tries; it is kept while the entry waits.
	State any

	message *bus.Message // for its trace
	charged int          // bytes that the process's budget was charged with
}

func entryOf(m *bus.Message) *Entry {
	return &Entry{Subject: m.Subject, Sequence: m.Sequence, ID: m.ID(), Body: m.Data, Read: time.Now(), Stored: m.Stored, Suspect: m.Repeat(), message: m}
}

// decode reads the body as an event.
func (e *Entry) decode() error {
	ev := &eventv1.Event{}
	if err := proto.Unmarshal(e.Body, ev); err != nil {
		return fmt.Errorf("read %s: %w", topology.StreamOf(e.Subject), err)
	}
	e.Event = ev
	return nil
}

// Context is one try's: under the trace of whoever stored the entry, and marked where it may act for the second time.
func (e *Entry) Context(ctx context.Context) context.Context {
	ctx = e.message.Context(ctx)
	if e.Suspect || e.Try > 1 {
		ctx = bus.WithRepeat(ctx)
	}
	return ctx
}

// Lane is the queue an event keeps its order in: its contact, each way. What tells the platform about a message has a lane
// of its own, so that a receipt the platform does not know yet holds back no message.
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

// HeldBytes bounds what all queues of the process keep in memory of messages whose turn has not come, in bytes; each may
// keep 64 kB besides. What is over it is read again when its turn comes: about 0.1 ms each.
const HeldBytes = 64 << 20

// Bounds of one queue, in bytes.
const (
	heldAlways = 64 << 10 // whatever the others keep: a channel that is sent to at once never reads anything twice
	heldAtMost = 16 << 20
)

// held is what is kept in the process: a channel that is suspended with a full backlog must not take the memory, or the
// place, of the others.
var held atomic.Int64

// share is what one queue keeps. Its user locks it.
type share struct{ bytes int }

// costOf is what a kept entry takes, in bytes: its event and header, decoded, are a few times its body.
func costOf(body []byte) int { return 1024 + 4*len(body) }

// take charges for an entry, unless that is too much.
func (s *share) take(bytes int) bool {
	mine, all := s.bytes+bytes, held.Add(int64(bytes))
	if mine > heldAlways && (mine > heldAtMost || all > HeldBytes) {
		held.Add(-int64(bytes))
		return false
	}
	s.bytes = mine
	return true
}

func (s *share) give(bytes int) {
	s.bytes -= bytes
	held.Add(-int64(bytes))
}
