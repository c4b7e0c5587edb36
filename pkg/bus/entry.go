package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Entry is one stored message in a handler's hands. It is worked on by one goroutine at a time.
type Entry struct {
	Subject  string
	Sequence uint64
	// Event is the body of MESSAGES, EGRESS_* and OUTCOMES_*.
	Event *eventv1.Event
	// Body is the body as it was stored.
	Body []byte
	// Try counts from 1.
	Try int
	// Read is when this process first read it.
	Read time.Time

	id     string // Nats-Msg-Id
	header nats.Header
	reply  string // acknowledges
	held   int    // bytes that the session keeps of it
	stored time.Time
	// suspect says that an earlier session may have acted on it.
	suspect bool

	*delivery // what Deliver remembers of it between tries
}

func entryOf(m jetstream.Msg, meta *jetstream.MsgMetadata) *Entry {
	return &Entry{
		Subject: m.Subject(), Sequence: meta.Sequence.Stream, Body: m.Data(), Read: time.Now(), id: m.Headers().Get(headerID), header: m.Headers(), reply: m.Reply(), stored: meta.Timestamp,
		suspect: meta.NumDelivered > 1 || m.Headers().Get(headerRepeat) != "" || late(m.Headers(), meta.Timestamp),
	}
}

// late says that a message was stored long after it was sent: its publisher may have given it up and sent another.
func late(h nats.Header, stored time.Time) bool {
	ms, err := strconv.ParseInt(h.Get(headerStamp), 10, 64)
	return err == nil && stored.Sub(time.UnixMilli(ms)) > 5*time.Second
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

// context is one try's: under the trace of whoever stored it, and marked where it may act for the second time.
func (e *Entry) context(ctx context.Context) context.Context {
	ctx = extract(ctx, e.header)
	if e.suspect || e.Try > 1 {
		ctx = withRepeat(ctx)
	}
	return ctx
}

// drop forgets the body and the header, which are read again by the sequence: a long backlog costs a few hundred bytes
// an entry.
func (e *Entry) drop() { e.Event, e.Body, e.header = nil, nil, nil }

// load reads a dropped body again. [ErrNotFound] means that the entry was acknowledged after all.
func (b *Bus) load(ctx context.Context, e *Entry) error {
	if e.Body == nil {
		s, err := b.stream(ctx, topology.StreamOf(e.Subject))
		if err != nil {
			return err
		}
		m, err := s.GetMsg(ctx, e.Sequence)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("read entry %d of %s: %w", e.Sequence, topology.StreamOf(e.Subject), err)
		}
		e.Body, e.header = m.Data, m.Header
	}
	if e.Event == nil {
		return e.decode()
	}
	return nil
}

// laneOf is the queue an event keeps its order in: its contact, each way. What tells the platform about a message has a lane of
// its own, so that a receipt the platform does not know yet holds back no message.
func laneOf(e *eventv1.Event) string {
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
