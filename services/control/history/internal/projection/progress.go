package projection

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/record"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Progress is how far each part of a message has come, as its entries tell. The rules between statuses are those of [record]: what was
// delivered does not become sent, what failed stays failed until somebody brings it back.
type Progress struct {
	parts []part
	// accepted says that the time of acceptance was told; until then it is that of the first entry.
	accepted bool
	// handled says that there is more than a repeat.
	handled bool
}

// part is one piece of a message.
type part struct {
	status     eventv1.Status // unspecified while it is on its way
	generation uint32         // in which it was last put on its way
	waits      bool           // it was told to wait, and nothing came after that
	receipt    bool           // a receipt told the failure
}

// mostParts bounds the pieces of a message; more are not told apart.
const mostParts = 1000

// take is the event "this entry was written". begun says that it began a replay of its part; stale that it tells nothing about
// how the message stands: it is of an older generation, or the part has come further meanwhile. Entries are not always in
// the order of what happened: a receipt may come before the send it is about, a send before the replay that caused it.
func (p *Progress) take(e *journalv1.Entry) (begun, stale bool) {
	hop := e.GetHop()
	if hop == journalv1.Hop_HOP_REPEATED {
		return false, p.handled
	}
	p.handled = true
	index := int(min(e.GetPart(), mostParts-1))
	for count := min(max(int(e.GetParts()), index+1), mostParts); len(p.parts) < count; {
		p.parts = append(p.parts, part{generation: e.GetGeneration()})
	}
	if hop == journalv1.Hop_HOP_ACCEPTED || hop == journalv1.Hop_HOP_ROUTED {
		// of the whole message: a replay of it begins all of its parts anew
		for i := range p.parts {
			begun = p.parts[i].begin(e.GetGeneration()) || begun
		}
		return begun, e.GetGeneration() < p.Generation()
	}
	x := &p.parts[index]
	begun = x.begin(e.GetGeneration())
	if e.GetGeneration() < x.generation {
		return false, true
	}
	if hop == journalv1.Hop_HOP_WAITING {
		stale = x.status != eventv1.Status_STATUS_UNSPECIFIED
		x.waits = !stale
		return begun, stale
	}
	next := record.Further(x.status, statusOf(hop))
	if next == x.status {
		return begun, true
	}
	x.status, x.waits, x.receipt = next, false, e.GetByReceipt()
	return begun, false
}

// begin puts a part on its way again where the generation is higher than its own.
func (x *part) begin(generation uint32) bool {
	if generation <= x.generation {
		return false
	}
	*x = part{generation: generation}
	return true
}

// statusOf is the status that a hop stands for.
func statusOf(h journalv1.Hop) eventv1.Status {
	switch h {
	case journalv1.Hop_HOP_SENT:
		return eventv1.Status_STATUS_SENT
	case journalv1.Hop_HOP_DELIVERED:
		return eventv1.Status_STATUS_DELIVERED
	case journalv1.Hop_HOP_READ:
		return eventv1.Status_STATUS_READ
	case journalv1.Hop_HOP_FAILED, journalv1.Hop_HOP_DEAD:
		return eventv1.Status_STATUS_FAILED
	default: // of a later version: it changes nothing
		return eventv1.Status_STATUS_UNSPECIFIED
	}
}

// Generation is the highest of the parts: how often the message was brought back.
func (p *Progress) Generation() (g uint32) {
	for _, x := range p.parts {
		g = max(g, x.generation)
	}
	return g
}

// Parts is how many parts were told of, 1 at least.
func (p *Progress) Parts() int { return max(1, len(p.parts)) }

// state is how far the message has come: failed where a part is, else as far as the part that is furthest behind.
func (p *Progress) state() controlv1.State {
	if !p.handled {
		return controlv1.State_STATE_REPEATED
	}
	statuses := make([]eventv1.Status, len(p.parts))
	for i, x := range p.parts {
		statuses[i] = x.status
	}
	switch record.Whole(statuses) {
	case eventv1.Status_STATUS_SENT:
		return controlv1.State_STATE_SENT
	case eventv1.Status_STATUS_DELIVERED:
		return controlv1.State_STATE_DELIVERED
	case eventv1.Status_STATUS_READ:
		return controlv1.State_STATE_READ
	case eventv1.Status_STATUS_FAILED:
		if p.parts[slices.Index(statuses, eventv1.Status_STATUS_FAILED)].receipt {
			return controlv1.State_STATE_FAILED_BY_RECEIPT
		}
		return controlv1.State_STATE_FAILED
	default:
		if slices.ContainsFunc(p.parts, func(x part) bool { return x.waits }) {
			return controlv1.State_STATE_WAITING
		}
		return controlv1.State_STATE_ACCEPTED
	}
}

// Failed says that a state is one of failure.
func Failed(s controlv1.State) bool {
	return s == controlv1.State_STATE_FAILED || s == controlv1.State_STATE_FAILED_BY_RECEIPT
}

// Pending says that a message in this state has not ended yet.
func Pending(s controlv1.State) bool {
	return s == controlv1.State_STATE_ACCEPTED || s == controlv1.State_STATE_WAITING
}

// Bits of a stored progress and of a stored part.
const (
	bitAccepted, bitHandled = 1, 2
	bitWaits, bitReceipt    = 1 << 6, 1 << 7
)

// Encode is the progress as bytes, for [DecodeProgress]: a byte of flags, then a byte and a number for each part.
func (p *Progress) Encode() []byte {
	data := []byte{0}
	if p.accepted {
		data[0] |= bitAccepted
	}
	if p.handled {
		data[0] |= bitHandled
	}
	for _, x := range p.parts {
		b := byte(x.status)
		if x.waits {
			b |= bitWaits
		}
		if x.receipt {
			b |= bitReceipt
		}
		data = binary.AppendUvarint(append(data, b), uint64(x.generation))
	}
	return data
}

// DecodeProgress reads what [Progress.Encode] wrote, and fails for anything else.
func DecodeProgress(data []byte) (p Progress, err error) {
	if len(data) == 0 {
		return p, errors.New("an empty progress")
	}
	p.accepted, p.handled = data[0]&bitAccepted != 0, data[0]&bitHandled != 0
	for data = data[1:]; len(data) > 0; {
		generation, n := binary.Uvarint(data[1:])
		if n <= 0 || len(p.parts) == mostParts {
			return p, errors.New("a progress that ends early")
		}
		b := data[0]
		p.parts = append(p.parts, part{
			status: eventv1.Status(b &^ (bitWaits | bitReceipt)), waits: b&bitWaits != 0, receipt: b&bitReceipt != 0, generation: uint32(generation),
		})
		data = data[1+n:]
	}
	return p, nil
}
