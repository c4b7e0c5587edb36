package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/consume/internal/retention"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/shard"
)

// saveEvery is how often a position is stored: so much is read again after a crash, besides what was unfinished.
const saveEvery = time.Second

// saving stores the position every second, and removes what is finished where the stream gets full. The function that
// it returns waits for that, and stores the position for the last time. end ends the session where the lease is lost:
// another process reads from the stored position on; and where the stream is not the one that was read.
func (f *follower) saving(ctx context.Context, end context.CancelCauseFunc, p *progress.Position) (stop func()) {
	var running sync.WaitGroup
	running.Go(func() {
		stream := watch{bus: f.bus, stream: f.Stream.Name, created: f.created}
		for pause.For(ctx, saveEvery) == nil {
			same := stream.check(ctx, p.Begun())
			if errors.Is(same, errRewound) {
				end(same)
				return
			}
			if err := f.store(ctx, p); errors.Is(err, shard.ErrLost) {
				end(err)
			} else if err != nil && ctx.Err() == nil {
				f.bus.Logger().Debug("position not stored", "shard", f.lease.Name(), "err", err)
			}
			if same == nil {
				// by the stored position, not by the one in memory: what is purged must be behind any reader's start
				f.finished.Tick(ctx, f.lease.Record().Position)
			}
		}
	})
	return func() {
		end(nil)
		running.Wait()
		// the session's context has ended by now; the lease's hard one outlives a stop
		holding, cancel := context.WithTimeout(f.lease.Hard(), bus.RequestTimeout)
		defer cancel()
		f.held.Wait(holding)
		last, cancel := context.WithTimeout(f.lease.Hard(), bus.RequestTimeout)
		defer cancel()
		_ = f.store(last, p)
	}
}

// store writes the position into the lease's record, where it has moved. [shard.ErrLost] means that another process
// owns the partition.
func (f *follower) store(ctx context.Context, p *progress.Position) error {
	at := p.Passed()
	if at == f.lease.Record().Position {
		return nil
	}
	return f.lease.Update(ctx, func(r *shard.Record) { r.Position = at })
}

// checkPosition starts over where the stream is not the one that was read: it was made anew, restored from an older copy, or
// lost its end. With the old position every new entry would be skipped until the numbers had caught up. Tasks bear the
// repeat. It notes which stream it is that is read from now on.
func (f *follower) checkPosition(ctx context.Context) error {
	state, err := f.bus.State(ctx, f.Stream.Name)
	if err != nil {
		return err
	}
	at := f.lease.Record().Position
	// by its numbers alone it may look the same again
	other := f.rewound || !f.created.IsZero() && !state.Created.Equal(f.created)
	if at > state.Last || other && at > 0 {
		f.bus.Logger().Warn("the stream is not the one that was read: read from its start",
			"shard", f.lease.Name(), "position", at, "last", state.Last)
		if err := f.lease.Update(ctx, func(r *shard.Record) { r.Position = 0 }); err != nil {
			return err
		}
	}
	if f.finished == nil || other || at > state.Last {
		f.finished = &retention.Retention{Bus: f.bus, Stream: f.Stream.Name, Filter: f.lease.Filter()}
	}
	f.created, f.rewound = state.Created, false
	return nil
}
