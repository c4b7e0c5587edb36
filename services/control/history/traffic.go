package history

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/control/history/internal/projection"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Bounds of what is told of the traffic.
const (
	// trafficPoints is how many points a time is told in.
	trafficPoints = 60
	// mostTimed is how many messages of a point, the newest, tell how long it took.
	mostTimed = 200
)

// Traffic is what went over a time that ends now, of a channel, or of all for "", in sixty steps, the oldest first. It costs a
// look at the index for each message of the time, and reads some of each step.
func (h *History) Traffic(ctx context.Context, channel string, within time.Duration) (points []*controlv1.TrafficPoint, step time.Duration, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	step = within / trafficPoints
	points, err = f.traffic(ctx, channel, time.Now(), step)
	return points, step, h.failed("traffic", err)
}

func (f reader) traffic(ctx context.Context, channel string, now time.Time, step time.Duration) ([]*controlv1.TrafficPoint, error) {
	begin := now.Truncate(step).Add(-(trafficPoints - 1) * step)
	points := make([]*controlv1.TrafficPoint, trafficPoints)
	for i := range points {
		points[i] = &controlv1.TrafficPoint{Time: timestamppb.New(begin.Add(time.Duration(i) * step))}
	}
	channels, err := f.numbersOf(ctx, channel)
	if err != nil {
		return nil, err
	}
	took := make([][]time.Duration, trafficPoints)
	for _, c := range channels {
		slots, err := f.slots(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, slot := range slots {
			_, d, s := store.OpenSlot(slot)
			if s == controlv1.State_STATE_REPEATED {
				continue
			}
			if err := f.countSteps(ctx, c, slot, begin, step, func(i int, n uint64) {
				if d == controlv1.Direction_DIRECTION_IN {
					points[i].In += n
				} else {
					points[i].Out += n
				}
				switch {
				case projection.Failed(s):
					points[i].Failed += n
				case projection.Pending(s):
					points[i].Open += n
				}
			}); err != nil {
				return nil, err
			}
			if s == controlv1.State_STATE_SENT || s == controlv1.State_STATE_DELIVERED || s == controlv1.State_STATE_READ {
				if err := f.times(ctx, c, slot, begin, step, took); err != nil {
					return nil, err
				}
			}
		}
	}
	for i, all := range took {
		if len(all) > 0 {
			slices.Sort(all)
			points[i].P95Seconds = all[(len(all)*95-1)/100].Seconds()
		}
	}
	return points, nil
}

// countSteps counts the messages of a slot by steps of time.
func (f reader) countSteps(ctx context.Context, channel, slot int64, begin time.Time, step time.Duration, add func(i int, n uint64)) error {
	query, args := "SELECT (accepted_at - ?) / ?, count(*) FROM messages WHERE slot = ? AND accepted_at >= ?", []any{begin.UnixMicro(), step.Microseconds(), slot, begin.UnixMicro()}
	if channel != anyChannel {
		query, args = query+" AND channel = ?", append(args, channel)
	}
	return f.Each(ctx, query+" GROUP BY 1", args, func(rows *sql.Rows) error {
		var i int
		var n uint64
		err := rows.Scan(&i, &n)
		add(min(i, trafficPoints-1), n)
		return err
	})
}

// times are how long the newest messages of each step took until they were sent, or where nobody said when that was, until they stood
// so. When a contact read a message says nothing of that.
func (f reader) times(ctx context.Context, channel, slot int64, begin time.Time, step time.Duration, took [][]time.Duration) error {
	for i := range took {
		query, args := "SELECT coalesce(nullif(sent_at, 0), state_at) - accepted_at FROM messages WHERE slot = ? AND accepted_at >= ? AND accepted_at < ? AND (sent_at > 0 OR slot & 15 != ?)",
			[]any{slot, begin.Add(time.Duration(i) * step).UnixMicro(), begin.Add(time.Duration(i+1) * step).UnixMicro(), int64(controlv1.State_STATE_READ)}
		if channel != anyChannel {
			query, args = query+" AND channel = ?", append(args, channel)
		}
		if err := f.Each(ctx, query+" ORDER BY accepted_at DESC LIMIT ?", append(args, mostTimed), func(rows *sql.Rows) error {
			var micros int64
			err := rows.Scan(&micros)
			took[i] = append(took[i], time.Duration(max(micros, 0))*time.Microsecond)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
