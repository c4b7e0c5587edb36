// Package retention takes out of a stream what one reader of it has finished, where the stream gets full: a stream without room takes
// nothing more, and whoever publishes to it has to hold back. Where there is room, finished entries stay until the stream's own
// limits remove them.
package retention

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// How full a stream with limits may get before its finished entries go.
const (
	// tidyFrom is from where on entries go that were finished an hour ago, as a share of the stream's room.
	tidyFrom = 0.7
	// tightFrom is from where on those go too that nobody needs any more. They make room at once: what fills a stream within seconds
	// would otherwise be held back by what has long been handled.
	tightFrom = 0.8
	// tidyKeep is how long a finished entry stays at least where there is room: a person may look it up.
	tidyKeep = time.Hour
	// clocks is by how much the clocks of this process and of the broker may differ.
	clocks = time.Minute

	// lookEvery is how often it is looked how full the stream is, as long as that was not tight when it was looked last. Then it is
	// looked at each tick.
	lookEvery = 10 * time.Second
)

// Retention is that of one partition. One goroutine uses it. Its fields are set before the first call; it knows nothing of where the
// position stood before that.
type Retention struct {
	Bus *bus.Bus
	// Stream is the stream's name, and Filter which of its subjects are the partition's.
	Stream, Filter string

	// marks is where the position stood, the oldest first, one of each ten seconds; of those older than an hour only the last is kept.
	marks []mark
	tight bool // when it was looked last
	// gone is up to where entries were purged.
	gone uint64
}

// mark is where the position stood at one moment.
type mark struct {
	at       time.Time
	position uint64
}

// Tick is to be called every second with the position as it is stored: no reader starts before it. What it cannot purge it tries again
// with the next look.
func (t *Retention) Tick(ctx context.Context, position uint64) {
	now := time.Now()
	due := len(t.marks) == 0 || now.Sub(t.marks[len(t.marks)-1].at) >= lookEvery
	if !due && !t.tight {
		return
	}
	if due {
		t.marks = append(t.marks, mark{now, position})
	}
	for len(t.marks) > 1 && now.Sub(t.marks[1].at) >= tidyKeep {
		t.marks = t.marks[1:]
	}
	fill := t.Bus.Fill(ctx, t.Stream)
	t.tight = fill >= tightFrom
	if fill < tidyFrom {
		return
	}
	upTo := finishedBefore(t.marks, now.Add(-tidyKeep))
	if t.tight {
		upTo = max(upTo, t.unneeded(ctx, position))
	}
	if upTo <= t.gone {
		return
	}
	if err := t.Bus.Purge(ctx, t.Stream, t.Filter, upTo); err != nil {
		t.Bus.Logger().Warn("finished entries not purged", "stream", t.Stream, "err", err)
		return
	}
	t.gone = upTo
}

// finishedBefore is the position up to which all was finished before a moment, 0 where that is not known.
func finishedBefore(marks []mark, moment time.Time) (position uint64) {
	for _, m := range marks {
		if !m.at.After(moment) {
			position = m.position
		}
	}
	return position
}

// unneeded is up to where nobody needs what is finished up to the position. A finished call is read by no service. An outcome is looked
// up by whoever takes over a message that is still on its way: what was stored before the oldest of those belongs to none of them.
func (t *Retention) unneeded(ctx context.Context, position uint64) uint64 {
	far := topology.DestinationOf(t.Stream)
	if t.Stream != topology.Outcomes(far).Name {
		return position
	}
	state, oldest := t.Bus.Recent(ctx, topology.Egress(far).Name)
	if state.Messages > 0 {
		oldest = state.FirstTime
	}
	return finishedBefore(t.marks, oldest.Add(-clocks))
}
