package store

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// row is a message as it is stored, without its entries.
type row struct {
	message             int64 // 0 while it is not stored
	id                  string
	channel, network    int64
	direction           controlv1.Direction
	contact, trace      string
	acceptedAt, stateAt int64
	nextTry, ends       int64
	seen                int64 // when the broker stored its last entry
	entries             int64
	progress            progress
	state               controlv1.State             // as the progress says
	why                 []byte                      // a reason; nil for none
	failure             failure                     // of this batch, while its state is one of failure
	resent              resent                      // of this batch, where it was brought back
	foundBy             struct{ ref, trace string } // the last that lead to it, as far as they were met since it was read
	stored              keysOfRow                   // as the file has them; zero while it has none
}

// keysOfRow are the columns of a row that are indexed.
type keysOfRow struct {
	slot, acceptedAt int64
	contact          string
}

func (r *row) keys() keysOfRow { return keysOfRow{r.slot(), r.acceptedAt, r.contact} }

// failure is what a failure's own row holds beside the message's.
type failure struct {
	generation, part uint32
	service          string
	changed          bool
}

// resent is how a message failed that was brought back.
type resent struct {
	state     controlv1.State
	at, again int64
	why       []byte
	changed   bool
}

// Bounds of what is kept of one message.
const (
	// mostEntries is how many entries are kept of a message, those of waits and repeats only; how it stands is kept up to
	// date beyond them.
	mostEntries = 500
	// mostReason is the longest reason that is kept, in bytes.
	mostReason = 4 << 10
)

// take brings an entry into the row. stored is when the broker stored it.
func (r *row) take(e *journalv1.Entry, stored time.Time) {
	at := micros(e.GetAt(), stored)
	r.seen = max(r.seen, stored.UnixMicro())
	r.identify(e)
	r.accept(e, stored, at)
	if e.GetEnds() != nil {
		r.ends = micros(e.GetEnds(), time.Time{})
	}
	before, stateAt, why := r.state, r.stateAt, r.why
	begun, stale := r.progress.take(e)
	r.state = r.progress.state()
	// a failure is of the part that failed first, until another one fails anew
	// by a network's clock it can seem to be older than what it followed
	if at < max(r.acceptedAt, r.stateAt) && statusOf(e.GetHop()) != eventv1.Status_STATUS_UNSPECIFIED {
		at = max(r.acceptedAt, r.stateAt)
	}
	if Failed(before) && !Failed(r.state) && begun {
		r.resent = resent{before, stateAt, at, why, true}
	}
	if r.state != before || begun && (!Failed(r.state) || statusOf(e.GetHop()) == eventv1.Status_STATUS_FAILED) {
		r.stateAt, r.why, r.nextTry = at, nil, 0
	} else if stale || r.state != controlv1.State_STATE_WAITING {
		return
	}
	switch {
	case r.state == controlv1.State_STATE_WAITING && e.GetHop() == journalv1.Hop_HOP_WAITING && !stale:
		r.why, r.nextTry = reasonOf(e), micros(e.GetNextTry(), time.Time{})
	case Failed(r.state) && !stale, r.state == controlv1.State_STATE_REPEATED:
		r.why = reasonOf(e)
		r.failure = failure{generation: e.GetGeneration(), part: e.GetPart(), service: cut(e.GetService(), 100), changed: true}
	}
}

// identify takes over what says which message it is.
func (r *row) identify(e *journalv1.Entry) {
	if r.contact == "" {
		r.contact = cut(e.GetContact(), 64)
	}
	if r.trace == "" {
		r.trace = cut(e.GetTraceId(), 64)
	}
	if r.direction == controlv1.Direction_DIRECTION_UNSPECIFIED {
		r.direction = DirectionOf(e)
	}
}

// accept keeps when the message was accepted first; until that is told, it is the time of the first entry.
func (r *row) accept(e *journalv1.Entry, stored time.Time, at int64) {
	told := e.GetAcceptedAt()
	if e.GetHop() == journalv1.Hop_HOP_ACCEPTED {
		told = e.GetAt()
	}
	switch {
	case told != nil && !r.progress.accepted:
		r.acceptedAt, r.progress.accepted = micros(told, stored), true
	case r.acceptedAt == 0:
		r.acceptedAt = at
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

// reasonOf is why an entry was written, as it is stored; nil where it does not say.
func reasonOf(e *journalv1.Entry) []byte {
	why := e.GetWhy()
	if why == nil && e.GetReason() == "" {
		return nil
	}
	if why == nil || proto.Size(why) > mostReason {
		why = &reasonv1.Reason{Code: cut(why.GetCode(), 80), Fault: why.GetFault(), En: cut(e.GetReason(), 1000), Es: cut(e.GetReason(), 1000)}
	}
	data, err := proto.Marshal(why)
	if err != nil {
		return nil // not UTF-8
	}
	return data
}

// ReadReason reads a reason as messages.why and failures.why hold it; nil for none.
func ReadReason(data []byte) *reasonv1.Reason {
	if len(data) == 0 {
		return nil
	}
	why := &reasonv1.Reason{}
	if proto.Unmarshal(data, why) != nil {
		return nil
	}
	return why
}

// SlotOf is what messages.slot holds: network, direction and state as one number.
func SlotOf(network int64, d controlv1.Direction, s controlv1.State) int64 {
	return network<<8 | int64(d)<<4 | int64(s)
}

// OpenSlot takes a slot apart.
func OpenSlot(slot int64) (network int64, d controlv1.Direction, s controlv1.State) {
	return slot >> 8, controlv1.Direction(slot >> 4 & 0xf), controlv1.State(slot & 0xf)
}

func (r *row) slot() int64 { return SlotOf(r.network, r.direction, r.state) }

// ahead is how far a clock may be ahead of the broker's to be believed.
const ahead = time.Hour

// micros is a time as it is stored. Networks tell some of them: one that is missing, or far ahead of when it was stored, is
// that of storing; with none of that either it is 0.
func micros(t *timestamppb.Timestamp, stored time.Time) int64 {
	if t == nil || !t.IsValid() {
		if stored.IsZero() {
			return 0
		}
		return stored.UnixMicro()
	}
	at := t.AsTime()
	if !stored.IsZero() && at.After(stored.Add(ahead)) {
		at = stored
	}
	return max(at.UnixMicro(), 0)
}

// Timestamp is a stored time for an answer; nil for none.
func Timestamp(micros int64) *timestamppb.Timestamp {
	if micros == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(micros))
}

// cut is a text with this many bytes at most.
func cut(s string, most int) string {
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}
