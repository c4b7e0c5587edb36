package history

import (
	"context"
	"database/sql"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/history/internal/projection"
	"github.com/bonychat/puente/services/control/history/store"
)

// settling is how long a message that was accepted may take to be stored: whoever stores it gives it up before that.
const settling = 2 * bus.RequestTimeout

// EndedUntil is a time: every message that was accepted before it has ended. It is the zero time while that is not known, since
// the history is far behind. It asks the broker what waits to be routed, and is some seconds ago at best: what was accepted just
// now may not be stored yet.
func (h *History) EndedUntil(ctx context.Context, b *bus.Bus) (time.Time, error) {
	until := time.Now().Add(-settling)
	queue, err := b.State(ctx, topology.Messages.Name)
	if err != nil {
		return time.Time{}, err
	}
	if queue.Messages > 0 && queue.FirstTime.Add(-settling).Before(until) {
		until = queue.FirstTime.Add(-settling)
	}
	// what was in the queue before that and is not now has its entry by now
	journal, err := b.State(ctx, topology.Journal.Name)
	if err != nil {
		return time.Time{}, err
	}
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if h.reached(soon, journal.Last) != nil {
		return time.Time{}, ctx.Err()
	}
	oldest, err := h.oldestOpen(ctx)
	if err == nil && !oldest.IsZero() && oldest.Before(until) {
		until = oldest
	}
	return until, err
}

// oldestOpen is when the oldest message was accepted that has not ended; the zero time for none.
func (h *History) oldestOpen(ctx context.Context) (oldest time.Time, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return oldest, err
	}
	defer done()
	slots, err := f.slots(ctx, anyChannel)
	if err != nil {
		return oldest, h.failed("oldest open message", err)
	}
	for _, slot := range slots {
		if _, _, s := store.OpenSlot(slot); !projection.Pending(s) {
			continue
		}
		var at sql.NullInt64
		if err := f.Row(ctx, "SELECT min(accepted_at) FROM messages WHERE slot = ?", slot).Scan(&at); err != nil {
			return oldest, h.failed("oldest open message", err)
		}
		if t := time.UnixMicro(at.Int64); at.Valid && (oldest.IsZero() || t.Before(oldest)) {
			oldest = t
		}
	}
	return oldest, nil
}
