package history

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Counts is what became of a channel's messages lately.
type Counts struct {
	// OutLastHour and InLastHour are the messages of the last hour, from the platform and from contacts.
	OutLastHour, InLastHour uint64
	// FailedLastDay is how many failed in the last 24 hours and stand so, by receipt too.
	FailedLastDay uint64
	// LastIn is when the last message of a contact was accepted; the zero time for none.
	LastIn time.Time
}

// Counts are the counts of all channels that the history knows, by id, as of now. It costs a look at the index for each message of
// the last hour, whatever the number of channels.
func (h *History) Counts(ctx context.Context) (map[string]Counts, error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	all, err := f.counts(ctx, time.Now())
	return all, h.failed("count messages", err)
}

func (f *file) counts(ctx context.Context, now time.Time) (map[string]Counts, error) {
	names, all := map[int64]string{}, map[string]Counts{}
	if err := each(ctx, f.read, "SELECT channel, id, last_in FROM channels", nil, func(rows *sql.Rows) error {
		var number, lastIn int64
		var id string
		err := rows.Scan(&number, &id, &lastIn)
		names[number] = id
		c := all[id]
		if at := time.UnixMicro(lastIn); lastIn > 0 && at.After(c.LastIn) {
			c.LastIn = at
		}
		all[id] = c
		return err
	}); err != nil {
		return nil, err
	}
	count := func(query string, since time.Duration, slot int64, add func(*Counts, uint64)) error {
		args := []any{now.Add(-since).UnixMicro()}
		if slot != 0 {
			args = append(args, slot)
		}
		return each(ctx, f.read, query, args, func(rows *sql.Rows) error {
			var channel int64
			var n uint64
			err := rows.Scan(&channel, &n)
			c := all[names[channel]]
			add(&c, n)
			all[names[channel]] = c
			return err
		})
	}
	slots, err := f.slots(ctx, anyChannel)
	if err != nil {
		return nil, err
	}
	for _, slot := range slots {
		_, d, s := openSlot(slot)
		if s == controlv1.State_STATE_REPEATED || d == controlv1.Direction_DIRECTION_UNSPECIFIED {
			continue
		}
		err := count("SELECT channel, count(*) FROM messages WHERE accepted_at >= ? AND slot = ? GROUP BY channel", time.Hour, slot, func(c *Counts, n uint64) {
			if d == controlv1.Direction_DIRECTION_IN {
				c.InLastHour += n
			} else {
				c.OutLastHour += n
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, count("SELECT channel, count(*) FROM failures INDEXED BY failures_at WHERE at >= ? GROUP BY channel", 24*time.Hour, 0,
		func(c *Counts, n uint64) { c.FailedLastDay += n })
}

// mostEvents is how many events of a channel are told.
const mostEvents = 50

// ChannelEvents are the holds of a channel and their ends, the newest first, at most 50.
func (h *History) ChannelEvents(ctx context.Context, channel string) (events []*controlv1.ChannelEvent, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	err = each(ctx, f.read, "SELECT body FROM channel_events JOIN channels USING (channel) WHERE id = ? ORDER BY sequence DESC, place DESC LIMIT ?", []any{channel, mostEvents},
		func(rows *sql.Rows) error {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				return err
			}
			e := &journalv1.Entry{}
			if err := proto.Unmarshal(body, e); err != nil {
				return fmt.Errorf("%w: %w", errDamaged, err)
			}
			hop := hopOf(e)
			events = append(events, &controlv1.ChannelEvent{Time: hop.GetTime(), What: hop.GetHop(), Why: hop.GetReason()})
			return nil
		})
	return events, h.failed("events of a channel", err)
}

// replaceAll puts a condition in the places of a query that are marked for it.
func replaceAll(query, condition string) string { return strings.ReplaceAll(query, "%%", condition) }

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
		if _, _, s := openSlot(slot); !open(s) {
			continue
		}
		var at sql.NullInt64
		if err := f.read.QueryRowContext(ctx, "SELECT min(accepted_at) FROM messages WHERE slot = ?", slot).Scan(&at); err != nil {
			return oldest, h.failed("oldest open message", err)
		}
		if t := time.UnixMicro(at.Int64); at.Valid && (oldest.IsZero() || t.Before(oldest)) {
			oldest = t
		}
	}
	return oldest, nil
}
