package store

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Item is an entry of the journal as it was read.
type Item struct {
	Entry    *journalv1.Entry // nil where it cannot be read
	Sequence uint64           // of the stored message that it is in
	Place    int              // which of the entries there, from 0
	Stored   time.Time        // when the broker stored it
}

// mostEntries is how many entries are kept of a message, those of waits and repeats only; how it stands is kept up to date beyond them.
const mostEntries = 500

// take brings one entry in. What the message's row says is written at the end of the batch.
func (w *Writer) take(ctx context.Context, i Item) error {
	key, c, err := w.named(ctx, i)
	if err != nil {
		return err
	}
	if i.Entry.GetId() == "" {
		return w.takeEvent(ctx, c, i)
	}
	r, err := w.row(ctx, key, c)
	if err != nil {
		return err
	}
	if !r.dirty {
		r.dirty, w.dirty = true, append(w.dirty, r)
	}
	if r.number == 0 {
		r.number = w.next
		w.next++
	}
	r.Take(i.Entry, i.Stored)
	c.met(r, i)
	w.keep(r, i)
	return nil
}

// met notes when something happened last.
func (c *channel) met(r *row, i Item) {
	later := func(last *int64, at int64) {
		if at > *last {
			*last, c.changed = at, true
		}
	}
	in := r.Direction == controlv1.Direction_DIRECTION_IN
	if in {
		later(&c.lastIn, r.AcceptedAt)
	}
	switch sent := i.Entry.GetHop() == journalv1.Hop_HOP_SENT; {
	case sent && in:
		later(&c.lastTold, projection.Micros(i.Entry.GetAt(), i.Stored))
	case sent && r.Direction == controlv1.Direction_DIRECTION_OUT:
		later(&c.lastSent, projection.Micros(i.Entry.GetAt(), i.Stored))
	}
}

// keep keeps the entry itself, and what its message is found by, until the end of the batch.
func (w *Writer) keep(r *row, i Item) {
	e := i.Entry
	if hop := e.GetHop(); r.entries >= mostEntries && (hop == journalv1.Hop_HOP_WAITING || hop == journalv1.Hop_HOP_REPEATED) || r.entries >= 2*mostEntries {
		return
	}
	r.entries++
	if ref := projection.Cut(e.GetRef(), 64); ref != "" && ref != r.foundBy.ref {
		r.foundBy.ref = ref
		w.found = append(w.found, foundBy{Ref(ref), r.number})
	}
	if trace := projection.Cut(e.GetTraceId(), 64); trace != "" && trace != r.foundBy.trace {
		r.foundBy.trace = trace
		w.found = append(w.found, foundBy{Trace(trace), r.number})
	}
	body, err := proto.Marshal(stripped(e, r.Trace))
	if err != nil {
		return // not UTF-8: nothing that this version writes
	}
	if r.came == nil {
		r.cameAt.sequence, r.cameAt.place = int64(i.Sequence), i.Place
	}
	r.came = pack(r.came, body)
}

// stripped is an entry without what its message's row says.
func stripped(e *journalv1.Entry, trace string) *journalv1.Entry {
	kept := &journalv1.Entry{
		Generation: e.GetGeneration(), Part: e.GetPart(), Service: e.GetService(), Hop: e.GetHop(), At: e.GetAt(), Attempts: e.GetAttempts(),
		Ref: e.GetRef(), AcceptedAt: e.GetAcceptedAt(), AcceptedBy: e.GetAcceptedBy(), Why: e.GetWhy(), NextTry: e.GetNextTry(),
		Holds: e.GetHolds(), ByReceipt: e.GetByReceipt(),
	}
	if e.GetWhy() == nil {
		kept.Reason = projection.Cut(e.GetReason(), 1000)
	}
	if e.GetTraceId() != trace {
		kept.TraceId = e.GetTraceId()
	}
	return kept
}

// takeEvent brings in what happened to a channel.
func (w *Writer) takeEvent(ctx context.Context, c *channel, i Item) error {
	body, err := proto.Marshal(stripped(i.Entry, ""))
	if err != nil {
		return nil
	}
	_, err = w.addEvent.ExecContext(ctx, c.number, int64(i.Sequence), i.Place, i.Stored.UnixMicro(), body)
	return err
}
