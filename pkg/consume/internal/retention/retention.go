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
	// tightFrom is from where on those go too that nobody can look up any more.
	tightFrom = 0.8
	// tidyKeep is how long a finished entry stays at least: a takeover looks it up, and a person may.
	tidyKeep = time.Hour
	// tightKeep is how long it stays where room runs out and nobody can look it up any more: the clocks of this
	// process and of the broker differ.
	tightKeep = time.Minute

	// markEvery is how often it is noted how far the position was. It is how exact the two times above are.
	markEvery = 10 * time.Second
)

// Retention is that of one partition. One goroutine uses it. Its fields are set before the first call; it knows nothing of where the
// position stood before that.
type Retention struct {
	Bus *bus.Bus
	// Stream is the stream's name, and Filter which of its subjects are the partition's.
	Stream, Filter string

	// marks is where the position stood, the oldest first; of those older than an hour only the last is kept.
	marks []mark
}

// mark is where the position stood at one moment.
type mark struct {
	at       time.Time
	position uint64
}

// Tick is to be called every second with the position as it is stored: no reader starts before it. It looks every ten seconds. What it
// cannot purge it tries again with the next look.
func (t *Retention) Tick(ctx context.Context, position uint64) {
	now := time.Now()
	if n := len(t.marks); n > 0 && now.Sub(t.marks[n-1].at) < markEvery {
		return
	}
	t.marks = append(t.marks, mark{now, position})
	for len(t.marks) > 1 && now.Sub(t.marks[1].at) >= tidyKeep {
		t.marks = t.marks[1:]
	}
	fill := t.Bus.Fill(ctx, t.Stream)
	if fill < tidyFrom {
		return
	}
	before := now.Add(-tidyKeep)
	// an hour's worth may not fit: what nobody needs goes earlier
	if fill >= tightFrom {
		if needed := t.needed(ctx, now).Add(-tightKeep); needed.After(before) {
			before = needed
		}
	}
	upTo := finishedBefore(t.marks, before)
	if upTo == 0 {
		return
	}
	if err := t.Bus.Purge(ctx, t.Stream, t.Filter, upTo); err != nil {
		t.Bus.Logger().Warn("finished entries not purged", "stream", t.Stream, "err", err)
	}
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

// needed is since when entries can still be looked up. A raw call is looked up by nobody. An outcome is by whoever takes
// over a message that is still on its way: what was stored before the oldest of those belongs to none of them.
func (t *Retention) needed(ctx context.Context, now time.Time) time.Time {
	far := topology.DestinationOf(t.Stream)
	if t.Stream != topology.Outcomes(far).Name {
		return now
	}
	state, err := t.Bus.State(ctx, topology.Egress(far).Name)
	if err != nil {
		return time.Time{}
	}
	if state.Messages == 0 {
		return now
	}
	return state.FirstTime
}
