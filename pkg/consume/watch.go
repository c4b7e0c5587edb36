package consume

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// errRewound means that the stream is not the one that was read.
var errRewound = errors.New("the stream was made anew, or has lost its end")

// errStale means that the broker has not said lately how the stream stands.
var errStale = errors.New("it is not known how the stream stands")

// staleAfter is how old an answer of the broker may be for entries to be taken out by it.
const staleAfter = 2 * time.Second

// watch tells while a stream is read whether it is still the same. Under a sequence that was read it may hold something else
// otherwise, which nobody would read. One goroutine uses it.
type watch struct {
	bus    *bus.Bus
	stream string
	// created is when the stream was made.
	created time.Time
	// reads are how far it was read at some moments, the oldest first; of those before the broker's last answer only the last is kept.
	reads []read
}

// read is up to where a stream was read at a moment, so that it held the entry by then.
type read struct {
	at   time.Time
	upTo uint64
}

// check is to be called about once a second with up to where the stream is read by now. nil means that it is the one that is being
// read, and was within the last two seconds; else it is errRewound or errStale. It costs one request a second for all partitions of
// the stream together.
func (w *watch) check(ctx context.Context, upTo uint64) error {
	state, asked := w.bus.Recent(ctx, w.stream)
	if time.Since(asked) > staleAfter {
		return errStale
	}
	// what was read after the broker was asked says nothing of its answer
	for len(w.reads) > 1 && !w.reads[1].at.After(asked) {
		w.reads = w.reads[1:]
	}
	if len(w.reads) > 0 && !w.reads[0].at.After(asked) && state.Last < w.reads[0].upTo || !state.Created.Equal(w.created) {
		return errRewound
	}
	w.reads = append(w.reads, read{time.Now(), upTo})
	return nil
}
