package bus

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// A send is in doubt when the far end may have taken it and nobody knows: the request was written and the answer lost, or
// the process died in between. What becomes of it is the route's to say:
//
//   - a far end that drops repeats by itself (Keyed) is sent to again;
//   - one that hands our id back with its receipts (Receipt) is given time for a receipt, which settles it;
//   - a route that holds (Hold) is never sent to again: the message ends in the dead letters and the agent is told;
//   - every other one is sent to again, and may have it twice.
//
// For a route that holds, an intent stands under the send's key before anything is sent. A definite answer replaces
// it, so that an intent found as the last record means doubt, and nothing else does.

// receiptWait is how long a receipt is given to settle a doubt.
const receiptWait = 10 * time.Second

// heldReason is what the agent reads.
const heldReason = "it is not known whether the network took it; it was not sent again, as the channel is set"

// holdBack ends an entry that another process meant to send. That one may still be sending, and its outcome counts.
func (r *route) holdBack(e *Entry) lanes.Next {
	if wait := time.Until(r.unit.began.Add(r.delivery.SendTimeout)); wait > 0 {
		e.suspect = true // looked up again then
		return lanes.Next{Keep: true, After: wait}
	}
	return r.give(e, eventv1.Result_RESULT_FAILED, heldReason)
}

// doubted settles what is in doubt about an entry, if anything is. done says that next is what becomes of it.
func (r *route) doubted(ctx context.Context, e *Entry, w *way) (done bool, next lanes.Next) {
	if w.Receipt == nil || w.Keyed || w.Hold {
		return false, lanes.Next{}
	}
	if r.inherits(e) {
		e.doubt = r.unit.began.Add(receiptWait)
	}
	if e.doubt.IsZero() {
		return false, lanes.Next{}
	}
	var receipt eventv1.Event
	_, err := r.bus.Read(ctx, topology.ReceiptSubject(r.delivery.Far, r.Channel, w.Receipt(e.Event)), &receipt)
	switch {
	case err == nil:
		r.bus.log.Info("settled by a receipt", "far", r.delivery.Far, "channel", r.Channel, "key", e.key)
		return true, r.conclude(e.context(r.hard), e, ending{result: eventv1.Result_RESULT_SENT})
	case !errors.Is(err, ErrNotFound):
		return true, again(e)
	}
	if wait := time.Until(e.doubt); wait > 0 {
		return true, lanes.Next{Keep: true, After: min(wait, time.Second)}
	}
	e.doubt = time.Time{}
	return false, lanes.Next{}
}

// inherits says that another owner, who did not release the channel, may have been sending this entry: the first of
// its contact without an outcome. Those behind it were never begun.
func (r *route) inherits(e *Entry) bool {
	if !r.unit.inherited || e.Sequence > r.unit.until {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	lane := laneOf(e.Event)
	if r.begun[lane] {
		return false
	}
	if r.begun == nil {
		r.begun = map[string]bool{}
	}
	r.begun[lane] = true
	return true
}

// intend stores that a send is about to begin, where the route holds what is in doubt.
func (r *route) intend(ctx context.Context, e *Entry) error {
	o := r.record(e, eventv1.Result_RESULT_INTENT)
	o.Reason, e.intentAt = e.reason, o.GetAt().AsTime()
	if err := r.store(ctx, e, o); err != nil {
		e.suspect = true // the record under the key is not the one we know
		return err
	}
	e.stands = true
	return nil
}
