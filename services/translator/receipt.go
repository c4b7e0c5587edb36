package translator

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// receipt finds the message that a receipt is about, by our id where the network hands it back, else by its own. One that
// comes before its send's outcome is pending for an hour; what nobody asks for until then was about something foreign.
func (t *Translator) receipt(ctx context.Context, e *consume.Entry, r *eventv1.Receipt) error {
	if r.GetOwnId() != "" {
		return t.applyReceipt(ctx, e, r, r.GetOwnId(), record.News{Part: r.GetPart(), AnyGeneration: true, Resent: r.GetResent()})
	}
	if r.GetUpTo() && r.GetRef() == "" {
		return t.watermark(ctx, e, r, 0)
	}
	send, err := t.index.Ref(ctx, r.GetNetwork(), r.GetChannel(), r.GetRef())
	if errors.Is(err, bus.ErrNotFound) {
		send, err = t.pend(ctx, r)
	}
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if r.GetUpTo() && send.GetPosition() > 0 {
		return t.watermark(ctx, e, r, send.GetPosition())
	}
	return t.applyReceipt(ctx, e, r, send.GetId(), record.News{Part: send.GetPart(), Generation: send.GetGeneration()})
}

// pend leaves a receipt for its send's outcome, and says which send it is about where that is known by now.
func (t *Translator) pend(ctx context.Context, r *eventv1.Receipt) (*indexv1.Ref, error) {
	return t.index.PendReceipt(ctx, r.GetNetwork(), r.GetChannel(), r.GetRef(), &indexv1.Early{
		Status: r.GetStatus(), Reason: r.GetReason(), Why: r.GetWhy(), At: r.GetAt(), UpTo: r.GetUpTo(),
	})
}

// applyReceipt applies a receipt to one message; part and generation of the news are set.
func (t *Translator) applyReceipt(ctx context.Context, e *consume.Entry, r *eventv1.Receipt, id string, n record.News) error {
	n.Status, n.Why, n.Sequence = r.GetStatus(), reason.FromProto(r.GetWhy(), r.GetReason()), e.Sequence
	ctx = t.bus.Label(ctx, r.GetNetwork(), "", id)
	return t.apply(ctx, change{channel: r.GetChannel(), id: id, News: n, at: r.GetAt(), ref: r.GetRef(), told: true})
}

// watermark applies a receipt to all that its contact was sent up to a position, or up to the receipt's time where that is 0.
func (t *Translator) watermark(ctx context.Context, e *consume.Entry, r *eventv1.Receipt, position uint64) error {
	w := record.Watermark{Status: r.GetStatus(), Position: position}
	if r.GetAt() != nil {
		w.Until = r.GetAt().AsTime()
	}
	contact := t.markKey(r.GetNetwork(), r.GetChannel(), r.GetAddress())
	return t.index.MoveWatermark(ctx, r.GetNetwork(), r.GetChannel(), contact, w, func(send *indexv1.Open, s eventv1.Status) error {
		return t.apply(ctx, change{channel: r.GetChannel(), id: send.GetId(), at: r.GetAt(), ref: r.GetRef(), told: true, News: record.News{
			Generation: send.GetGeneration(), Part: send.GetPart(), Status: s, Sequence: e.Sequence,
		}})
	})
}

// markKey stands for a contact, by the network's address, where its watermark is remembered.
func (t *Translator) markKey(network, channel, address string) string {
	return t.bus.Digest(digest.ForMark, network, channel, address)
}
