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

// On some networks a receipt is a watermark: "all up to here was read". The mark of a contact holds how far that came and
// which sends are not read yet, under one record, so that a send and a watermark that pass each other meet there: whoever
// writes second sees the other. A contact's sends are in the order of their outcomes, whose sequence is therefore the
// position that a watermark compares.

// maxOpen bounds the sends that a mark holds; what a contact leaves unread beyond it keeps its status.
const maxOpen = 1000

// Watermark is all that a contact was sent up to Position, or up to Until where that is 0.
type Watermark struct {
	// Status is delivered or read. Of nothing else it can be true that all before has come as far.
	Status eventv1.Status
	// Position is the entry of OUTCOMES_* of the last send that it reaches.
	Position uint64
	// Until is the time of the last send that it reaches, by the network's clock.
	Until time.Time
}

// OpenSend notes a send to a contact, by its digest, as not read yet. It says how far the watermarks that came before take
// it: unspecified where none does. A send that is noted again is noted once.
func (ix *Index) OpenSend(ctx context.Context, network, channel, contact string, send *indexv1.Open) (status eventv1.Status, err error) {
	err = change(ctx, ix.store, topology.MarkSubject(network, channel, contact), Keep, func(_ bool, m *indexv1.Mark) (write bool, _ error) {
		status, write = openSend(m, send)
		return write, nil
	})
	return status, about(err, "watermark on channel %s", channel)
}

// MoveWatermark moves a contact's watermark forward, and calls reached for every open send that it takes further, in the
// order of sending: once for each that succeeds. A send is closed after that only, so that a try that breaks off in between
// is done again. An error of reached is returned as it is.
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
