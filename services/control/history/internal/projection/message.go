// Package projection says how a message stands, by what the journal tells of it: entries go in, one by one, and a state, its time and its
// reason come out.
//
//	var m projection.Message
//	m.Take(entry, stored)
//	m.State // since m.StateAt
//
// It reads no journal and knows no file: whoever keeps a [Message] between two entries stores its fields as they are.
package projection

import (
	"time"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Message is how a message stands by the entries that it has taken. Times are of [Micros], 0 where there is none. The zero value has
// taken none. One goroutine uses it.
type Message struct {
	Direction controlv1.Direction
	// Contact and Trace are the first that an entry told; "" where none did.
	Contact, Trace string
	// AcceptedAt is when it was accepted; until an entry says that, when the first entry was written.
	AcceptedAt int64
	// State is as the progress says, and StateAt since when.
	State   controlv1.State
	StateAt int64
	// SentAt is when the far end had taken all of it, of the time that it was put on its way last; 0 where that is not so.
	SentAt int64
	// Why is why it waits or failed, for [ReadReason]; nil where it does neither, or nobody said why.
	Why []byte
	// NextTry is when it is tried again, Ends when it is given up, and Seen when the broker stored its last entry.
	NextTry, Ends, Seen int64
	Progress            Progress
	Failure             Failure
	Resent              Resent
}

// Failure is which part of a message failed, while its state is one of failure.
type Failure struct {
	Generation, Part uint32
	Service          string
	// Changed is set by [Message.Take], and taken back by who has stored it.
	Changed bool
}

// Resent is how a message failed that was brought back.
type Resent struct {
	State controlv1.State
	// At is when it had failed, and Again when it was brought back.
	At, Again int64
	Why       []byte
	// Changed is set by [Message.Take], and taken back by who has stored it.
	Changed bool
}

// Take brings an entry in. stored is when the broker stored it. Entries come in the order in which they were stored, which is not always
// that of what happened.
func (m *Message) Take(e *journalv1.Entry, stored time.Time) {
	at := Micros(e.GetAt(), stored)
	m.Seen = max(m.Seen, stored.UnixMicro())
	m.identify(e)
	m.accept(e, stored, at)
	if e.GetEnds() != nil {
		m.Ends = Micros(e.GetEnds(), time.Time{})
	}
	before, stateAt, why := m.State, m.StateAt, m.Why
	begun, stale := m.Progress.take(e)
	m.State = m.Progress.state()
	told := at
	// by a network's clock it can seem to be older than what it followed
	if at < max(m.AcceptedAt, m.StateAt) && statusOf(e.GetHop()) != eventv1.Status_STATUS_UNSPECIFIED {
		at = max(m.AcceptedAt, m.StateAt)
	}
	m.sent(e, before, begun, at, told)
	if Failed(before) && !Failed(m.State) && begun {
		m.Resent = Resent{before, stateAt, at, why, true}
	}
	// a failure is of the part that failed first, until another one fails anew
	if m.State != before || begun && (!Failed(m.State) || statusOf(e.GetHop()) == eventv1.Status_STATUS_FAILED) {
		m.StateAt, m.Why, m.NextTry = at, nil, 0
	} else if stale || m.State != controlv1.State_STATE_WAITING {
		return
	}
	switch {
	case m.State == controlv1.State_STATE_WAITING && e.GetHop() == journalv1.Hop_HOP_WAITING && !stale:
		m.Why, m.NextTry = reasonOf(e), Micros(e.GetNextTry(), time.Time{})
	case Failed(m.State) && !stale, m.State == controlv1.State_STATE_REPEATED:
		m.Why = reasonOf(e)
		m.Failure = Failure{Generation: e.GetGeneration(), Part: e.GetPart(), Service: Cut(e.GetService(), 100), Changed: true}
	}
}

// arrived says that the far end has taken a message in this state.
func arrived(s controlv1.State) bool {
	return s == controlv1.State_STATE_SENT || s == controlv1.State_STATE_DELIVERED || s == controlv1.State_STATE_READ
}

// sent keeps when the far end had taken all of the message. at is when this entry brought it to how it stands, told what the entry
// itself says: of a message in one piece whose receipt came before the send, that is told later.
func (m *Message) sent(e *journalv1.Entry, before controlv1.State, begun bool, at, told int64) {
	switch {
	case arrived(m.State) && (!arrived(before) || begun):
		m.SentAt = at
	case begun || Pending(m.State):
		m.SentAt = 0
	case arrived(m.State) && e.GetHop() == journalv1.Hop_HOP_SENT && m.Progress.Parts() == 1 && e.GetGeneration() == m.Progress.Generation() &&
		told >= m.AcceptedAt && told < m.SentAt:
		m.SentAt = told
	}
}

// identify takes over what says which message it is.
func (m *Message) identify(e *journalv1.Entry) {
	if m.Contact == "" {
		m.Contact = Cut(e.GetContact(), 64)
	}
	if m.Trace == "" {
		m.Trace = Cut(e.GetTraceId(), 64)
	}
	if m.Direction == controlv1.Direction_DIRECTION_UNSPECIFIED {
		m.Direction = DirectionOf(e)
	}
}

// accept keeps when the message was accepted first; until that is told, it is the time of the first entry.
func (m *Message) accept(e *journalv1.Entry, stored time.Time, at int64) {
	told := e.GetAcceptedAt()
	if e.GetHop() == journalv1.Hop_HOP_ACCEPTED {
		told = e.GetAt()
	}
	switch {
	case told != nil && !m.Progress.accepted:
		m.AcceptedAt, m.Progress.accepted = Micros(told, stored), true
	case m.AcceptedAt == 0:
		m.AcceptedAt = at
	}
}

// DirectionOf is which way an entry's message goes. Entries of older versions do not say it, but who wrote them does.
func DirectionOf(e *journalv1.Entry) controlv1.Direction {
	switch e.GetDirection() {
	case messagev1.Direction_DIRECTION_OUTBOUND:
		return controlv1.Direction_DIRECTION_OUT
	case messagev1.Direction_DIRECTION_INBOUND:
		return controlv1.Direction_DIRECTION_IN
	}
	const ingress, platform, translator = "ingress", "egress-bonychat", "translator"
	service := e.GetService()
	if e.GetAcceptedBy() != "" {
		if e.GetAcceptedBy() == ingress {
			return controlv1.Direction_DIRECTION_OUT
		}
		return controlv1.Direction_DIRECTION_IN
	}
	switch {
	case service == translator || e.GetHop() == journalv1.Hop_HOP_REPLAYED:
		return controlv1.Direction_DIRECTION_UNSPECIFIED
	case e.GetHop() == journalv1.Hop_HOP_ACCEPTED:
		if service == ingress {
			return controlv1.Direction_DIRECTION_OUT
		}
		return controlv1.Direction_DIRECTION_IN
	case service == platform:
		return controlv1.Direction_DIRECTION_IN
	default:
		return controlv1.Direction_DIRECTION_OUT
	}
}
