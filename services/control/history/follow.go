package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/history/internal/hops"
	"github.com/bonychat/puente/services/control/history/store"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Bounds of a batch: whichever is reached first ends it. A transaction costs about as much as what is written in it, and steps of one
// message that are in one batch are written once. So where much comes, more is gathered.
const (
	batchEntries = 4000
	batchWithin  = 100 * time.Millisecond
	busyEntries  = 50 // within that time: then it is busyWithin
	busyWithin   = 800 * time.Millisecond
)

// Pauses of who follows.
const (
	followPause = time.Second // after what went wrong
	idlePause   = time.Second // without an entry: then there is time for what is old
)

// Follow keeps the history up to date with JOURNAL until the context ends. It returns nil then, and [bus.ErrClosed]
// where there will be no connection any more. One call at a time.
func (h *History) Follow(ctx context.Context, b *bus.Bus) error {
	for ctx.Err() == nil {
		err := h.session(ctx, b)
		switch {
		case ctx.Err() != nil:
		case b.Over():
			return bus.ErrClosed
		case store.Useless(err) || errors.Is(err, errOther) || errors.Is(err, errRebuild):
			if err = h.anew(err); err != nil {
				h.Log.Error("the history cannot be made anew", "err", err)
				_ = pause.For(ctx, followPause)
			} else {
				h.rebuild.Store(false)
			}
		default:
			h.Log.Warn("the history is not followed: it will be tried again", "err", err)
			_ = pause.For(ctx, followPause)
		}
	}
	return nil
}

// Why a file is thrown away, besides damage.
var (
	errOther   = errors.New("the journal is another one than the history was built from")
	errRebuild = errors.New("it was asked for")
)

// session follows with one reader until something ends it, and says what.
func (h *History) session(ctx context.Context, b *bus.Bus) error {
	if h.rebuild.Load() {
		return errRebuild
	}
	w, err := h.file.Writer() // nobody else replaces the file
	if err != nil {
		return err
	}
	defer w.Close()
	if err := identify(ctx, w, b); err != nil {
		return err
	}
	h.moved(w.Sequence)
	reader, err := b.Reader(ctx, topology.Journal.Name, topology.Journal.Subjects[0], w.Sequence)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		items, readErr := h.batch(ctx, reader)
		if len(items) > 0 {
			if err := w.Write(items); err != nil {
				return err
			}
			h.tell(items)
			h.moved(w.Sequence)
		}
		if readErr != nil {
			return readErr
		}
		if h.rebuild.Load() {
			return errRebuild
		}
		if _, err := w.Retain(time.Now().Add(-h.Keep), h.MaxBytes); err != nil {
			return err
		}
	}
}

// tell tells subscribers what was written.
func (h *History) tell(items []store.Item) {
	if h.feed.Idle() {
		return
	}
	for _, i := range items {
		if i.Entry != nil {
			h.feed.Tell(hops.Of(i.Entry), i.Stored)
		}
	}
}

// batch reads the next entries. It waits for the first, then for others for a moment, and for a longer one where many come; without
// any it returns after a second.
func (h *History) batch(ctx context.Context, r *bus.Reader) ([]store.Item, error) {
	items, err := h.read(ctx, r, idlePause, 1)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	more, err := h.read(ctx, r, batchWithin, batchEntries-len(items))
	if items = append(items, more...); err != nil || len(items) < busyEntries {
		return items, err
	}
	more, err = h.read(ctx, r, busyWithin-batchWithin, batchEntries-len(items))
	return append(items, more...), err
}

// read reads at most so many entries, for so long, and those that are stored as one message with the last of them. That the
// time is over is no error.
func (h *History) read(parent context.Context, r *bus.Reader, within time.Duration, most int) (items []store.Item, err error) {
	ctx, cancel := context.WithTimeout(parent, within)
	defer cancel()
	for len(items) < most {
		m, err := r.Next(ctx)
		if err != nil {
			if parent.Err() == nil && ctx.Err() != nil {
				err = nil
			}
			return items, err
		}
		e := &journalv1.Entry{}
		if proto.Unmarshal(m.Data, e) != nil {
			h.Log.Warn("an entry of the journal cannot be read: it is passed over", "sequence", m.Sequence)
			items = append(items, store.Item{Sequence: m.Sequence, Stored: m.Stored})
			continue
		}
		for place, e := range append([]*journalv1.Entry{e}, e.GetMore()...) {
			items = append(items, store.Item{Entry: e, Sequence: m.Sequence, Place: place, Stored: m.Stored})
		}
	}
	return items, nil
}

// identify compares the journal with the one that the file was built from, and fails with [errOther] where it is another:
// a stream that was made anew, or one that was brought back from a backup and went on from there.
func identify(ctx context.Context, w *store.Writer, b *bus.Bus) error {
	state, err := b.State(ctx, topology.Journal.Name)
	if err != nil {
		return err
	}
	is := state.Created.UTC().Format(time.RFC3339Nano)
	switch {
	case w.Journal == "" && w.Sequence == 0:
		w.Journal = is
		return nil
	case w.Journal != is || w.Sequence > state.Last:
		return errOther
	case w.Sequence == 0 || w.Sequence < state.First:
		return nil // what it ended with is gone, and nothing else is at its place
	}
	m, err := b.At(ctx, topology.Journal.Name, w.Sequence)
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the journal: %w", err)
	}
	if !m.Stored.Equal(w.Last) {
		return errOther
	}
	return nil
}

// Behind is how many stored messages of the journal are not in the history yet, of one entry or of several: what they tell cannot
// be found.
func (h *History) Behind(ctx context.Context, b *bus.Bus) (uint64, error) {
	state, err := b.State(ctx, topology.Journal.Name)
	if err != nil {
		return 0, err
	}
	applied := h.applied.Load()
	if h.rebuild.Load() {
		applied = 0
	}
	if state.First > 0 {
		applied = max(applied, state.First-1)
	}
	if state.Last <= applied {
		return 0, nil
	}
	return state.Last - applied, nil
}
