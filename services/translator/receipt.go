package translator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// farOf is the far end that a subject of OUTCOMES names.
func farOf(subject string) string {
	_, rest, _ := strings.Cut(subject, ".")
	far, _, _ := strings.Cut(rest, ".")
	return far
}

// receipt finds the message that a receipt is about. One that comes before its send's outcome is remembered for an
// hour; what nobody asks for until then was about something foreign.
func (t *Translator) receipt(ctx context.Context, e *bus.Entry, r *eventv1.Receipt) error {
	c := change{
		channel: r.GetChannel(), id: r.GetOwnId(), part: r.GetPart(), status: r.GetStatus(), reason: r.GetReason(), at: r.GetAt(),
		ref: r.GetRef(), sequence: e.Sequence, anyGeneration: true, told: true,
	}
	w := watermark{
		network: r.GetNetwork(), channel: r.GetChannel(), address: r.GetAddress(), status: r.GetStatus(), at: r.GetAt(), ref: r.GetRef(),
		sequence: e.Sequence,
	}
	if c.id != "" {
		return t.apply(label.Message(ctx, r.GetNetwork(), "", c.id), c)
	}
	if r.GetUpTo() && r.GetRef() == "" {
		return t.mark(ctx, w)
	}
	ref, err := t.ref(ctx, r)
	if errors.Is(err, bus.ErrNotFound) {
		ref, err = t.refAfterEarly(ctx, r)
	}
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if r.GetUpTo() && ref.GetPosition() > 0 {
		w.position = ref.GetPosition()
		return t.mark(ctx, w)
	}
	c.id, c.generation, c.part, c.anyGeneration = ref.GetId(), ref.GetGeneration(), ref.GetPart(), false
	return t.apply(label.Message(ctx, r.GetNetwork(), "", c.id), c)
}

func (t *Translator) ref(ctx context.Context, r *eventv1.Receipt) (*indexv1.Ref, error) {
	var ref indexv1.Ref
	_, err := t.bus.Read(ctx, topology.RefSubject(r.GetNetwork(), r.GetChannel(), r.GetRef()), &ref)
	return &ref, err
}

// refAfterEarly remembers the receipt and looks once more: an outcome writes its ref before it looks for receipts that
// came too soon, so that whoever comes second finds the other.
func (t *Translator) refAfterEarly(ctx context.Context, r *eventv1.Receipt) (*indexv1.Ref, error) {
	if err := t.raiseEarly(ctx, r); err != nil {
		return nil, err
	}
	return t.ref(ctx, r)
}

// raiseEarly keeps the furthest status that came too soon.
func (t *Translator) raiseEarly(ctx context.Context, r *eventv1.Receipt) error {
	subject := topology.EarlySubject(r.GetNetwork(), r.GetChannel(), r.GetRef())
	const tries = 10
	for range tries {
		var early indexv1.Early
		revision, err := t.bus.Read(ctx, subject, &early)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return err
		}
		if next := advance(early.GetStatus(), r.GetStatus()); next == early.GetStatus() {
			return nil
		}
		early.Status, early.Reason, early.At, early.UpTo = r.GetStatus(), r.GetReason(), r.GetAt(), r.GetUpTo()
		_, err = t.bus.Replace(ctx, subject, &early, revision, topology.KeepEarly)
		if !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("early receipt: %w", bus.ErrConflict)
}
