package history

import (
	"context"
	"database/sql"
	"time"

	"github.com/bonychat/puente/services/control/history/internal/hops"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Counts is what became of a channel's messages lately.
type Counts struct {
	// OutLastHour and InLastHour are the messages of the last hour, from the platform and from contacts.
	OutLastHour, InLastHour uint64
	// FailedLastDay is how many failed in the last 24 hours and stand so, by receipt too.
	FailedLastDay uint64
	// ResentLastDay is how many failed in the last 24 hours and were brought back since, and have not failed again.
	ResentLastDay uint64
	// LastIn is when the last message of a contact was accepted; the zero time for none.
	LastIn time.Time
	// LastSent and LastTold are when the network, and the platform, took something last; zero for none.
	LastSent, LastTold time.Time
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

func (f reader) counts(ctx context.Context, now time.Time) (map[string]Counts, error) {
	names, all := map[int64]string{}, map[string]Counts{}
	if err := f.Each(ctx, "SELECT channel, id, last_in, last_sent, last_told FROM channels", nil, func(rows *sql.Rows) error {
		var number, lastIn, lastSent, lastTold int64
		var id string
		err := rows.Scan(&number, &id, &lastIn, &lastSent, &lastTold)
		names[number] = id
		c := all[id]
		c.LastIn, c.LastSent, c.LastTold = later(c.LastIn, lastIn), later(c.LastSent, lastSent), later(c.LastTold, lastTold)
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
		return f.Each(ctx, query, args, func(rows *sql.Rows) error {
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
		_, d, s := store.OpenSlot(slot)
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
	if err := count("SELECT channel, count(*) FROM resent INDEXED BY resent_at WHERE at >= ? GROUP BY channel", 24*time.Hour, 0,
		func(c *Counts, n uint64) { c.ResentLastDay += n }); err != nil {
		return nil, err
	}
	return all, count("SELECT channel, count(*) FROM failures INDEXED BY failures_at WHERE at >= ? GROUP BY channel", 24*time.Hour, 0,
		func(c *Counts, n uint64) { c.FailedLastDay += n })
}

// mostEvents is how many events of a channel are told.
const mostEvents = 50

// ChannelEvents are the holds of a channel and their ends, the newest first, at most 50. A hold that was changed while it held is one.
func (h *History) ChannelEvents(ctx context.Context, channel string) (events []*controlv1.ChannelEvent, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	entries, err := f.ChannelEvents(ctx, channel, mostEvents)
	for _, e := range entries {
		hop := hops.Of(e)
		if n := len(events); n > 0 && events[n-1].GetWhat() == hop.GetHop() && events[n-1].GetTime().AsTime().Equal(hop.GetTime().AsTime()) {
			continue
		}
		events = append(events, &controlv1.ChannelEvent{Time: hop.GetTime(), What: hop.GetHop(), Why: hop.GetReason()})
	}
	return events, h.failed("events of a channel", err)
}

// later is the later one of a time and a stored one, where 0 is none.
func later(t time.Time, micros int64) time.Time {
	if at := time.UnixMicro(micros); micros > 0 && at.After(t) {
		return at
	}
	return t
}
