package consume

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume/internal/inherited"
	"github.com/bonychat/puente/pkg/consume/internal/progress"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/shard"
)

// keepEvery is how often the position is stored and finished entries leave the stream. So much is read again after a crash,
// besides what was unfinished.
const keepEvery = time.Second

// asideAfter is how long an entry may be unfinished before it is set aside. After a crash so much of the traffic is read again, at
// most.
const asideAfter = 5 * time.Second

// keeper stores how far a partition is finished, and takes out of the stream what is.
type keeper struct {
	*partition
	inherits *inherited.Inheritance
}

// keep stores how far the partition is finished, and takes out what is, until the context ends. It ends the work where the
// lease is lost, and where the stream is not the one that was read.
func (w *keeper) keep(ctx context.Context) {
	stream := watch{bus: w.Bus, stream: w.Stream, created: w.created}
	for pause.For(ctx, keepEvery) == nil {
		// what the stream holds under a sequence that was read is finished only where it is the same stream
		if err := stream.check(ctx, w.progress.Begun()); errors.Is(err, errRewound) {
			w.end(err)
			return
		} else if err != nil {
			continue
		}
		w.progress.SetAside(time.Now().Add(-asideAfter))
		w.leave(ctx)
		if err := w.store(ctx, false); errors.Is(err, shard.ErrLost) {
			w.end(err)
		} else if err != nil && ctx.Err() == nil {
			w.Bus.Logger().Debug("position not stored", "shard", w.Lease.Name(), "err", err)
		}
	}
}

// finish leaves the partition to the next owner: what is unfinished is set aside. What cannot be stored now costs the next owner
// look-ups, and nothing else.
func (w *keeper) finish(parent context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	stop := context.AfterFunc(w.Lease.Hard(), cancel)
	defer stop()
	// what holds an entry is being stored, as a rule: whoever stops waits for that a moment longer
	holding, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	w.held.Wait(holding)
	w.progress.SetAside(time.Now().Add(time.Hour))
	if err := w.same(ctx); err != nil {
		w.Bus.Logger().Debug("partition is left as it is", "shard", w.Lease.Name(), "err", err)
		return
	}
	w.leave(ctx)
	// it has a time of its own: without it the next owner looks everything up. What an earlier owner may have begun, and this one has
	// not read, is not known to be clean
	storing, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	position, _ := w.progress.Passed()
	if err := w.store(storing, position >= w.until); err != nil && !errors.Is(err, shard.ErrLost) {
		w.Bus.Logger().Debug("position not stored", "shard", w.Lease.Name(), "err", err)
	}
}

// store writes into the lease record how far the partition is finished, where that has changed. clean says that nothing is being
// worked on any more. [shard.ErrLost] means that another process owns the partition.
func (w *keeper) store(ctx context.Context, clean bool) error {
	// in this order: what is read meanwhile of what was set aside is counted by the second
	inherits := len(w.inherits.Left()) > 0
	position, aside := w.progress.Passed()
	aside = aside || inherits
	if now := w.Lease.Record(); now.Position == position && now.Aside == aside && now.Clean == clean {
		return nil
	}
	err := w.Lease.Update(ctx, func(r *shard.Record) { r.Position, r.Aside, r.Clean = position, aside, clean })
	if err == nil {
		failpoint.PositionStored.Reach()
	}
	return err
}

// removeAtOnce bounds how many requests of one partition take out finished entries at once.
const removeAtOnce = 16

// leave takes out of the stream what is finished, up to the position. Where nothing before it is unfinished, that is one request for
// the whole partition; else one for each subject, and one for each entry of a subject that has something unfinished. What cannot be
// taken out now is tried with the next call. The caller has made sure that it is still the stream that was read.
func (w *keeper) leave(ctx context.Context) {
	inherits := w.inherits.Left() // before it is asked what is unfinished: what is not read yet is not counted there
	l := w.progress.Leave()
	if len(l.Entries) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	if l.Clear && len(inherits) == 0 {
		if err := w.Bus.Purge(ctx, w.Stream, w.Lease.Filter(), l.Position); err != nil {
			w.stays(l.Entries, err)
			return
		}
		failpoint.Removed.Reach()
		return
	}
	var removing sync.WaitGroup
	slots := make(chan struct{}, removeAtOnce)
	for subject, sequences := range l.BySubject() {
		one := func(remove func() error, sequences ...uint64) {
			slots <- struct{}{}
			removing.Go(func() {
				defer func() { <-slots }()
				if err := remove(); err != nil {
					entries := make([]progress.Place, len(sequences))
					for i, s := range sequences {
						entries[i] = progress.Place{Sequence: s, Subject: subject}
					}
					w.stays(entries, err)
				}
			})
		}
		if !l.Aside[subject] && !inherits[subject] {
			one(func() error { return w.Bus.Purge(ctx, w.Stream, subject, l.Position) }, sequences...)
			continue
		}
		for _, s := range sequences {
			one(func() error { return w.Bus.Remove(ctx, w.Stream, s) }, s)
		}
	}
	removing.Wait()
	failpoint.Removed.Reach()
}

// stays notes what could not be taken out.
func (w *keeper) stays(entries []progress.Place, err error) {
	w.progress.Stay(entries)
	w.Bus.Logger().Debug("finished entries not taken out yet", "shard", w.Lease.Name(), "entries", len(entries), "err", err)
}
