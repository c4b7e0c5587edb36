package consume

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// How full a stream with limits may get before its finished entries go.
const (
	tidyFrom  = 0.7
	tightFrom = 0.8
	// tidyKeep is how long a finished entry stays at least: a takeover looks it up, and a person may.
	tidyKeep = time.Hour
	// tightKeep is how long it stays where room runs out and nobody can look it up any more: clocks differ.
	tightKeep = time.Minute

	markEvery = 10 * time.Second
)

// retention purges what one unit has finished, where its stream gets full.
type retention struct {
	follower *follower
	marks    []mark // where the position stood
}

type mark struct {
	at       time.Time
	position uint64
}

// tick is called every second.
func (t *retention) tick(ctx context.Context, position uint64) {
	now := time.Now()
	if n := len(t.marks); n > 0 && now.Sub(t.marks[n-1].at) < markEvery {
		return
	}
	t.marks = append(t.marks, mark{now, position})
	for len(t.marks) > 1 && now.Sub(t.marks[1].at) >= tidyKeep {
		t.marks = t.marks[1:]
	}
	stream := t.follower.Stream.Name
	fill := t.follower.bus.Fill(ctx, stream)
	if fill < tidyFrom {
		return
	}
	before := now.Add(-tidyKeep)
	if fill >= tightFrom {
		if needed := t.needed(ctx, now).Add(-tightKeep); needed.After(before) {
			before = needed
		}
	}
	upTo := finishedBefore(t.marks, before)
	if upTo == 0 {
		return
	}
	if err := t.follower.bus.Purge(ctx, stream, t.follower.lease.Filter(), upTo); err != nil {
		t.follower.bus.Logger().Warn("finished entries not purged", "stream", stream, "err", err)
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
func (t *retention) needed(ctx context.Context, now time.Time) time.Time {
	far := topology.DestinationOf(t.follower.Stream.Name)
	if t.follower.Stream.Name != topology.Outcomes(far).Name {
		return now
	}
	state, err := t.follower.bus.State(ctx, topology.Egress(far).Name)
	if err != nil {
		return time.Time{}
	}
	if state.Messages == 0 {
		return now
	}
	return state.FirstTime
}
