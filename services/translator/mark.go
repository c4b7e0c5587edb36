package translator

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// On some networks a receipt is a watermark: "all up to here was read". The mark of a contact holds how far that came
// and which sends are still open, under one record, so that a send and a watermark that pass each other meet there:
// whoever writes second sees the other.

// maxOpen bounds the sends that a mark holds; what a contact leaves unread beyond it keeps its status.
const maxOpen = 1000

// reaches says how far a watermark of its kind takes a send.
func reaches(w *indexv1.Watermark, o *indexv1.Open) bool {
	return w.GetPosition() >= o.GetPosition() || w.GetUntil() != nil && !o.GetSentAt().AsTime().After(w.GetUntil().AsTime())
}

// reached is how far the marks take a send: unspecified where none does.
func reached(m *indexv1.Mark, o *indexv1.Open) eventv1.Status {
	switch {
	case reaches(m.GetRead(), o):
		return eventv1.Status_STATUS_READ
	case reaches(m.GetDelivered(), o):
		return eventv1.Status_STATUS_DELIVERED
	default:
		return eventv1.Status_STATUS_UNSPECIFIED
	}
}

// raised moves a watermark forward.
func raised(w *indexv1.Watermark, position uint64, until *timestamppb.Timestamp) *indexv1.Watermark {
	if w == nil {
		w = &indexv1.Watermark{}
	}
	w.Position = max(w.Position, position)
	if until != nil && (w.Until == nil || until.AsTime().After(w.Until.AsTime())) {
		w.Until = until
	}
	return w
}

// changeMark changes the mark of a contact, as [Translator.changeRecord] does.
func (t *Translator) changeMark(ctx context.Context, network, channel, address string, change func(*indexv1.Mark) (bool, error)) error {
	return t.changeRecord(ctx, topology.MarkSubject(network, channel, t.bus.Digest("mark", network, channel, address)), change)
}

// changeRecord reads a contact's record, lets it be changed, and writes it where nobody else has meanwhile. change may be
// called several times, and says whether there is anything to write.
func (t *Translator) changeRecord(ctx context.Context, subject string, change func(*indexv1.Mark) (bool, error)) error {
	const tries = 10
	for range tries {
		mark := &indexv1.Mark{}
		revision, err := t.bus.Read(ctx, subject, mark)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return err
		}
		changed, err := change(mark)
		if err != nil || !changed {
			return err
		}
		if _, err = t.bus.Replace(ctx, subject, mark, revision, topology.KeepSeen); !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("record of a contact: %w", bus.ErrConflict)
}

// opened notes a send, and says how far the contact's marks have taken it already.
func (t *Translator) opened(ctx context.Context, o *eventv1.Outcome, sequence uint64) (status eventv1.Status, err error) {
	send := &indexv1.Open{Id: o.GetId(), Generation: o.GetGeneration(), Part: o.GetPart(), Position: sequence, SentAt: o.GetAt()}
	err = t.changeMark(ctx, o.GetNetwork(), o.GetChannel(), o.GetAddress(), func(m *indexv1.Mark) (bool, error) {
		status = reached(m, send)
		if status == eventv1.Status_STATUS_READ || slices.ContainsFunc(m.GetOpen(), func(x *indexv1.Open) bool { return x.GetPosition() == sequence }) {
			return false, nil
		}
		m.Open = append(m.Open, send)
		if n := len(m.Open) - maxOpen; n > 0 {
			m.Open = slices.Delete(m.Open, 0, n)
		}
		return true, nil
	})
	return status, err
}

// watermark is all that a contact was sent up to a position, or a time where that is 0.
type watermark struct {
	network, channel, address string
	status                    eventv1.Status
	position                  uint64
	at                        *timestamppb.Timestamp
	ref                       string
	sequence                  uint64 // of the entry of OUTCOMES that brings it
}

// mark raises a contact's mark, and every open send that it reaches. A send is raised before it is no longer held open:
// a try that breaks off in between is done again.
func (t *Translator) mark(ctx context.Context, w watermark) error {
	if w.status != eventv1.Status_STATUS_DELIVERED && w.status != eventv1.Status_STATUS_READ {
		return nil // nothing else can be true of all that was sent
	}
	done := map[uint64]bool{}
	return t.changeMark(ctx, w.network, w.channel, w.address, func(m *indexv1.Mark) (bool, error) {
		var until *timestamppb.Timestamp
		if w.position == 0 {
			until = w.at
		}
		if w.status == eventv1.Status_STATUS_READ {
			m.Read = raised(m.Read, w.position, until)
		} else {
			m.Delivered = raised(m.Delivered, w.position, until)
		}
		for _, o := range m.GetOpen() {
			status := reached(m, o)
			if status < w.status || done[o.GetPosition()] {
				continue
			}
			err := t.apply(ctx, change{
				channel: w.channel, id: o.GetId(), generation: o.GetGeneration(), part: o.GetPart(), status: status, at: w.at, ref: w.ref,
				sequence: w.sequence, told: true,
			})
			if err != nil {
				return false, err
			}
			done[o.GetPosition()] = true
		}
		m.Open = slices.DeleteFunc(m.Open, func(o *indexv1.Open) bool { return reached(m, o) == eventv1.Status_STATUS_READ })
		return true, nil
	})
}
