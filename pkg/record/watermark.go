package record

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// On some networks a receipt is a watermark: "everything up to here was read". The record Mark of a contact holds both the
// watermark and the sends that are not read yet. So a send and a watermark that are handled at the same time cannot miss each
// other: whoever writes second sees the other. A contact's sends are in the order of their outcomes, so the sequence of the
// outcome is the position that a watermark is compared with.

// maxOpen bounds the sends that a mark holds. If a contact leaves more unread, the oldest keep the status that they have.
const maxOpen = 1000

// Watermark covers every send to a contact up to Position, or up to Until where Position is 0.
type Watermark struct {
	// Status is delivered or read.
	Status eventv1.Status
	// Position is the sequence, in OUTCOMES_*, of the last send that it covers.
	Position uint64
	// Until is the time of the last send that it covers, by the network's clock.
	Until time.Time
}

// OpenSend notes that a send to a contact, a digest, is not read yet. status is what the watermarks that came before say of it:
// delivered, read, or unspecified where none covers it. Noting a send twice is the same as once. Of a contact up to 1,000 sends are held.
func (ix *Index) OpenSend(ctx context.Context, network, channel, contact string, send *indexv1.Open) (status eventv1.Status, err error) {
	err = change(ctx, ix.store, topology.MarkSubject(network, channel, contact), Keep, func(_ bool, m *indexv1.Mark) (write bool, _ error) {
		status, write = openSend(m, send)
		return write, nil
	})
	return status, about(err, "watermark on channel %s", channel)
}

// MoveWatermark moves a contact's watermark forward, and calls reached for every open send whose status it raises, in the order of
// sending. A send is closed only after reached returned nil for it; so if a try is interrupted, the next one calls reached again.
// The first error of reached ends the call and is returned as it is.
func (ix *Index) MoveWatermark(ctx context.Context, network, channel, contact string, w Watermark, reached func(*indexv1.Open, eventv1.Status) error) error {
	if w.Status != eventv1.Status_STATUS_DELIVERED && w.Status != eventv1.Status_STATUS_READ {
		return nil
	}
	done := map[uint64]bool{}
	var broken error // of reached
	err := change(ctx, ix.store, topology.MarkSubject(network, channel, contact), Keep, func(_ bool, m *indexv1.Mark) (bool, error) {
		move(m, w)
		for _, send := range m.GetOpen() {
			status := statusOf(m, send)
			if status < w.Status || done[send.GetPosition()] {
				continue
			}
			if broken = reached(send, status); broken != nil {
				return false, broken
			}
			done[send.GetPosition()] = true
		}
		closeRead(m)
		return true, nil
	})
	if broken != nil {
		return broken
	}
	return about(err, "watermark on channel %s", channel)
}

// openSend is the event "the network took a send".
func openSend(m *indexv1.Mark, send *indexv1.Open) (status eventv1.Status, write bool) {
	status = statusOf(m, send)
	same := func(o *indexv1.Open) bool { return o.GetPosition() == send.GetPosition() }
	if status == eventv1.Status_STATUS_READ || slices.ContainsFunc(m.GetOpen(), same) {
		return status, false
	}
	m.Open = append(m.Open, send)
	m.Open = slices.Delete(m.Open, 0, max(0, len(m.Open)-maxOpen))
	return status, true
}

// move is the event "a watermark came". It never moves one back.
func move(m *indexv1.Mark, w Watermark) {
	moved := &m.Delivered
	if w.Status == eventv1.Status_STATUS_READ {
		moved = &m.Read
	}
	if *moved == nil {
		*moved = &indexv1.Watermark{}
	}
	(*moved).Position = max((*moved).Position, w.Position)
	if w.Position == 0 && !w.Until.IsZero() && ((*moved).Until == nil || w.Until.After((*moved).Until.AsTime())) {
		(*moved).Until = timestamppb.New(w.Until)
	}
}

// closeRead forgets the sends that were read.
func closeRead(m *indexv1.Mark) {
	m.Open = slices.DeleteFunc(m.Open, func(send *indexv1.Open) bool { return statusOf(m, send) == eventv1.Status_STATUS_READ })
}

// statusOf is how far the watermarks of a mark take a send: unspecified where none reaches it.
func statusOf(m *indexv1.Mark, send *indexv1.Open) eventv1.Status {
	switch {
	case reaches(m.GetRead(), send):
		return eventv1.Status_STATUS_READ
	case reaches(m.GetDelivered(), send):
		return eventv1.Status_STATUS_DELIVERED
	default:
		return waiting
	}
}

func reaches(w *indexv1.Watermark, send *indexv1.Open) bool {
	return w.GetPosition() >= send.GetPosition() || w.GetUntil() != nil && !send.GetSentAt().AsTime().After(w.GetUntil().AsTime())
}
