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
	// stuckFrom is from where on so little is stored that nothing follows from it: sends end at 0.9 (pkg/delivery), receipts a little later.
	stuckFrom = 0.9
	// tidyKeep is how long a finished entry stays at least where there is room: a person may look it up. tightKeep is how long where it is
	// tight: see [Retention.older].
	tidyKeep, tightKeep = time.Hour, 10 * time.Minute
	// clocks is by how much the clocks of this process and of the broker may differ.
	clocks = time.Minute

	// markEvery is how often it is noted where the position stood. So often it is also purged up to the same entry again, since a broker
	// that lost its power may have forgotten that it did, and so often it is told that it could not.
	markEvery = 10 * time.Second
	// restFor is how long a partition rests after a purge, in times of what that took. The broker reads the blocks of the stream for
	// it, whether there is anything to purge or not, about half a second for 600 MB, and stores nothing meanwhile.
	restFor = 10
)

// Retention is that of one partition. One goroutine uses it. Its fields are set before the first call; it knows nothing of where the
// position stood before that.
type Retention struct {
	Bus *bus.Bus
	// Stream is the stream's name, and Filter which of its subjects are the partition's.
	Stream, Filter string

	// marks is where the position stood, the oldest first: one of each ten seconds in which something was stored in the stream, for an hour.
	marks  []mark
	looked time.Time // when it was looked last for a mark
	last   uint64    // the stream's last entry then
	// gone is up to where entries were purged last, and purged when.
	gone   uint64
	purged time.Time
	// rest is until when nothing is purged, and warned when it was told last that something was not.
	rest, warned time.Time
}

// mark is where the position stood at one moment.
type mark struct {
	at       time.Time
	position uint64
}

// Tick is to be called every second with the position as it is stored: no reader starts before it. What it cannot purge it tries again
// later.
func (t *Retention) Tick(ctx context.Context, position uint64) {
	now := time.Now()
	fill := t.Bus.Fill(ctx, t.Stream)
	if now.Sub(t.looked) >= markEvery {
		t.looked = now
		if state, _ := t.Bus.Recent(ctx, t.Stream); state.Last != t.last || fill >= stuckFrom {
			t.last, t.marks = state.Last, append(t.marks, mark{now, position})
		}
		if len(t.marks)-1 > int(tidyKeep/markEvery) {
			t.marks = t.marks[1:]
		}
	}
	if fill < tidyFrom || now.Before(t.rest) {
		return
	}
	keep, upTo := tidyKeep, uint64(0)
	if fill >= tightFrom {
		keep, upTo = tightKeep, t.unneeded(ctx, position)
	}
	upTo = max(upTo, t.older(keep))
	if upTo == 0 || upTo <= t.gone && now.Sub(t.purged) < markEvery {
		return
	}
	t.purge(ctx, upTo)
}

// purge takes out what is finished up to an entry, and then rests.
func (t *Retention) purge(ctx context.Context, upTo uint64) {
	begun := time.Now()
	err := t.Bus.Purge(ctx, t.Stream, t.Filter, upTo)
	now := time.Now()
	t.rest = now.Add(restFor * now.Sub(begun))
	switch {
	case err == nil:
		t.gone, t.purged = upTo, now
	case ctx.Err() == nil && now.Sub(t.warned) >= markEvery:
		t.warned = now
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

// older is up to where entries go because they were finished so long ago, whether somebody may need them or not. Of an outcome the end
// of a send is what may be needed, and only by an egress process that takes over after another died: that one had stored the end and had
// not taken the message out of EGRESS_*, which a living one does within some ten seconds. The next owner takes over within some five
// seconds of its own start, and looks up the heads of all lanes before anything else (pkg/delivery). So tightKeep is plenty while the
// service runs. While it does not run nobody stores outcomes, and the time does not count: whatever happened last stays. Only a stream
// that takes nothing more says nothing of that. There the time counts, but the oldest goes first, ten seconds of it at a time, and no
// more than until the stream has room.
func (t *Retention) older(keep time.Duration) uint64 {
	n := int(keep / markEvery)
	for i := 0; i < len(t.marks)-n; i++ {
		if t.marks[i].position > t.gone {
			return t.marks[i].position
		}
	}
	return 0
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
