package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// A send is uncertain when the destination may have taken it and nobody knows: the request was written and the answer lost, or
// the process died in between. What becomes of it is the channel's to say:
//
//   - a destination that drops repeats by itself (Keyed) is sent to again;
//   - one that hands our id back with its receipts (Receipt) is given time for a receipt, which settles it;
//   - a route that holds (Hold) is never sent to again: the message ends in the dead letters and the agent is told;
//   - every other one is sent to again, and may have it twice.
//
// For a route that holds, an intent stands under the send's key before anything is sent. A definite answer replaces
// it, so that an intent found as the last record means that a send is uncertain, and nothing else does.

// receiptWait is how long a receipt is given to settle what is uncertain. Longer would hold back the contact's next
// message, shorter would send again what was taken.
const receiptWait = 10 * time.Second

// holdBack ends an entry that another process meant to send. That one may still be sending, and its outcome counts:
// so it is given the time of a send, counted from the takeover, and its outcome is looked up once more.
func (s *sender) holdBack(e *message) lanes.Next {
	if wait := time.Until(s.lease.Taken().Add(s.config.SendTimeout)); wait > 0 {
		e.Suspect = true // looked up again then
		return e.stays(reason.Takeover, wait)
	}
	s.bus.Meter().Doubt(s.hard, s.config.Far, doubtHeld)
	return s.give(e, eventv1.Result_RESULT_FAILED, reason.NotRepeated)
}

// settleUncertain settles what is uncertain about an entry, if anything is, where the destination hands our id back. done says
// that next is what becomes of it; without done it may be sent.
func (s *sender) settleUncertain(ctx context.Context, e *message, w *endpoint) (done bool, next lanes.Next) {
	// counted from the takeover: the owner before may have been sending until then
	if s.inherits(e) {
		e.uncertain = s.lease.Taken().Add(receiptWait)
	}
	if e.uncertain.IsZero() {
		return false, lanes.Next{}
	}
	var receipt eventv1.Event
	_, err := s.bus.Read(ctx, topology.ReceiptSubject(s.config.Far, s.channel, w.Receipt(e.Event)), &receipt)
	switch {
	// a receipt is proof that it was taken; the destination's id for it stays unknown
	case err == nil:
		s.bus.Meter().Doubt(ctx, s.config.Far, doubtReceipt)
		s.bus.Logger().Info("settled by a receipt", "far", s.config.Far, "channel", s.channel, "key", e.key)
		return true, s.conclude(e.Context(s.hard), e, ending{result: eventv1.Result_RESULT_SENT})
	case !errors.Is(err, bus.ErrNotFound):
		return true, e.away()
	}
	// looked for again each second
	if wait := time.Until(e.uncertain); wait > 0 {
		return true, e.stays(reason.AwaitsReceipt, min(wait, time.Second))
	}
	// no receipt came: it is sent again, and the contact may have it twice
	e.uncertain = time.Time{}
	s.bus.Meter().Doubt(ctx, s.config.Far, doubtResent)
	return false, lanes.Next{}
}

// inherits says that another owner, who did not release the channel, may have been sending this entry: the first of
// its contact without an outcome. Those behind it were never begun, since a contact's next message is sent only after
// the outcome of the one before is stored. It says so once for each contact and lease.
func (s *sender) inherits(e *message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue == nil || !s.queue.Inherited(e.Entry) {
		return false
	}
	if s.begun[e.Lane] {
		return false
	}
	if s.begun == nil {
		s.begun = map[string]bool{}
	}
	s.begun[e.Lane] = true
	return true
}

// intend stores that a send is about to begin, where the channel holds what is uncertain. Without it stored nothing
// may be sent: a process that died could not be told from one that had not begun.
func (s *sender) intend(ctx context.Context, e *message) error {
	o := s.outcomeOf(e, eventv1.Result_RESULT_INTENT)
	o.Reason, o.Why, e.intentAt = e.why.String(), e.why.Proto(), o.GetAt().AsTime()
	if err := s.store(ctx, e, o); err != nil {
		e.Suspect = true // the record under the key is not the one we know
		return err
	}
	e.stands = true
	return nil
}

// How a send whose answer was lost is settled.
const (
	doubtReceipt = "receipt"
	doubtResent  = "resent"
	doubtHeld    = "held"
)

// doubted counts an answer that was lost, where it is known at once how that is settled: where a receipt may tell, it is
// counted later.
func (s *sender) doubted(ctx context.Context, w *endpoint) {
	switch {
	case w.Hold && !w.Keyed:
		s.bus.Meter().Doubt(ctx, s.config.Far, doubtHeld)
	case w.Receipt == nil || w.Keyed:
		s.bus.Meter().Doubt(ctx, s.config.Far, doubtResent)
	}
}
