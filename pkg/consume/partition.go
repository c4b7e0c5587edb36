package consume

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
)

// partition is a partition that this process works on: where it was left, how far it is finished, and how the work on it is ended.
// Those who work on it stand on it, and know each other only in this order: its queues, those that read into them (package inherited,
// [reader]), and the [keeper], which stores how far it is finished. Nothing of it changes after begin, but for what is safe for
// concurrent use.
type partition struct {
	Feed
	progress *progress.Progress
	// created is when the stream was made.
	created time.Time
	// found is where the partition was left: what is unfinished up to there was set aside.
	found uint64
	// until is the last entry that another reader may have begun, or this process before it forgot. doubtful says that such a one
	// may have been at work when it ended.
	until    uint64
	doubtful bool
	// end ends the work and says why.
	end context.CancelCauseFunc
	// held are the entries that were worked on and are not finished: see [Entry.Hold].
	held progress.Tally
	// workers do what the queues have to do, all together: most have little. nil gives each its own.
	workers *lanes.Workers
}

// begin finds where the partition was left, and the subjects of which something was set aside before. Before anything is begun the
// record says that it is worked on: should this process come to no end, the next one does not take it for a release. end is how the
// work is ended from inside.
func (f Feed) begin(ctx context.Context, end context.CancelCauseFunc) (p *partition, aside []string, err error) {
	asking, cancel := context.WithTimeout(ctx, 2*bus.RequestTimeout)
	defer cancel()
	state, err := f.Bus.State(asking, f.Stream)
	if err != nil {
		return nil, nil, err
	}
	found := f.Lease.Record()
	if found.Position > state.Last {
		f.Bus.Logger().Warn("the stream holds less than was read of it: read from its start", "shard", f.Lease.Name(), "position", found.Position, "last", state.Last)
		found.Position, found.Aside, found.Clean = 0, false, false
	}
	// what stands there was not finished in this stream, whatever the record says: the stream was made anew since, or lost its end
	// and has grown again, or what was finished could not be taken out. It is looked up
	if found.Position > 0 && !found.Aside {
		first, err := f.Bus.Next(asking, f.Stream, f.Lease.Filter(), 1)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return nil, nil, err
		}
		found.Aside = err == nil && first.Sequence <= found.Position
	}
	if err := f.Lease.Update(asking, func(r *shard.Record) { r.Position, r.Aside, r.Clean = found.Position, found.Aside, false }); err != nil {
		return nil, nil, err
	}
	p = &partition{
		Feed: f, doubtful: f.Lease.Inherited() || (found.Position > 0 || found.Aside) && !found.Clean, created: state.Created,
		progress: progress.New(found.Position), found: found.Position, until: state.Last, end: end, workers: lanes.NewWorkers(),
	}
	// who released it had begun nothing that came later
	if found.Clean && !p.doubtful {
		p.until = found.Position
	}
	if !found.Aside {
		return p, nil, nil
	}
	subjects, err := f.Bus.Subjects(asking, f.Stream, f.Lease.Filter())
	if err != nil {
		return nil, nil, err
	}
	return p, slices.Collect(maps.Keys(subjects)), nil
}

// same is [errRewound] where the stream is not the one that was read.
func (p *partition) same(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	state, err := p.Bus.State(ctx, p.Stream)
	if err == nil && p.rewound(state) {
		return errRewound
	}
	return err
}

// rewound says that a stream in this state is not the one that was read.
func (p *partition) rewound(s bus.StreamState) bool {
	position, _ := p.progress.Passed()
	return s.Last < position || !s.Created.Equal(p.created)
}
