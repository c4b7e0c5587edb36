// Package history is the record that operators search: what became of each message, found by its id, the network's id, the
// contact, the trace, or by channel, state and time. It is a projection of the stream JOURNAL in a file of its own, made
// for the questions of the control API, and can be built anew from the journal at any time.
//
//	h, err := history.Open(history.Options{Dir: "data/history"})
//	go h.Follow(ctx, bus)
//	found, err := h.Find(ctx, bus, history.Query{Text: "+34 600 111 222", Limit: 20})
//
// It holds no text. Addresses and networks' ids are in it only as the keyed digests that the journal has.
//
// Several processes may follow the journal, each with a file of its own. The broker keeps nothing for them: the file says how
// far it goes, in the transaction that brought it there.
//
// It is SQLite (modernc.org/sqlite, no cgo): the questions are many and of many shapes, groups and pages among them, and SQL
// answers them without code of our own for each; with Pebble every index and every question would be that. On two shared cores
// it takes in some 16,000 entries a second with all its indexes; a million take 0.20 GB. BenchmarkHistory measures it, and BenchmarkWriter
// what a message costs.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/services/control/history/internal/cursor"
	"github.com/bonychat/puente/services/control/history/internal/feed"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Options of [Open].
type Options struct {
	// Dir is the folder of the file; it is made where it is not there. "" is a temporary one, which [History.Close] removes. No
	// other process may use it at the same time.
	Dir string
	// Keep is how long a message is kept after the last that was heard of it; default [DefaultKeep].
	Keep time.Duration
	// MaxBytes bounds what the file holds: the oldest messages give way. Default [DefaultMaxBytes].
	MaxBytes int64
	// Log is where trouble is told; default nowhere.
	Log *slog.Logger
}

// Defaults of [Options].
const (
	DefaultKeep     = 30 * 24 * time.Hour // as long as JOURNAL keeps an entry
	DefaultMaxBytes = 8 << 30
)

// answerWithin bounds one question whose context has a later end.
const answerWithin = 10 * time.Second

// History is the record of what became of messages. [History.Follow] fills it; everything else asks it. It is safe for
// concurrent use.
type History struct {
	Options
	dir       string
	temporary bool
	feed      feed.Feed
	rebuild   atomic.Bool   // the file is to be made anew
	applied   atomic.Uint64 // the sequence up to which the file goes
	steps     chan struct{} // closed and replaced whenever applied moves

	mu     sync.RWMutex // held for reading by a question; for writing by who puts another file in place
	file   *store.File  // nil when closed
	stepMu sync.Mutex
}

// ErrNotFound means that the history has no such message.
var ErrNotFound = errors.New("not found in the history")

// ErrPageToken means that a page token is none of this list.
var ErrPageToken = cursor.ErrToken

// errClosed means that the history was closed.
var errClosed = errors.New("the history is closed")

// Open opens the file. One that is damaged, or of another version, is thrown away and made anew: all of it is in the
// journal. It fails where the folder cannot be used, or another process uses it.
func Open(o Options) (*History, error) {
	if o.Keep == 0 {
		o.Keep = DefaultKeep
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &History{Options: o, dir: o.Dir, steps: make(chan struct{})}
	var err error
	if h.dir == "" {
		h.temporary = true
		if h.dir, err = os.MkdirTemp("", "puente-history-"); err != nil {
			return nil, fmt.Errorf("open history: %w", err)
		}
	} else if err = os.MkdirAll(h.dir, 0o700); err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	f, why, err := store.Open(h.dir)
	if err != nil {
		return nil, err
	}
	h.told(why)
	h.file = f
	return h, nil
}

// told logs why a file was thrown away.
func (h *History) told(why error) {
	if why != nil {
		h.Log.Warn("the history is built anew from the journal", "why", why)
	}
}

// Close closes the file. Call it after [History.Follow] has returned.
func (h *History) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	h.file.Close()
	h.file = nil
	if h.temporary {
		return os.RemoveAll(h.dir)
	}
	return nil
}

// Rebuild throws away what the history holds and builds it anew from the journal. It returns at once; [History.Behind]
// says how much is left to do. Until [History.Follow] runs nothing happens.
func (h *History) Rebuild() { h.rebuild.Store(true) }

// anew puts an empty file in place of the one there is.
func (h *History) anew(why error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return errClosed
	}
	h.told(why)
	if err := h.file.Anew(); err != nil {
		return err
	}
	h.moved(0)
	return nil
}

// reader answers questions from the file that it was lent.
type reader struct{ *store.File }

// asking lends the file to a question, and bounds its time. The caller calls done.
func (h *History) asking(ctx context.Context) (_ context.Context, f reader, done func(), err error) {
	h.mu.RLock()
	if h.file == nil {
		h.mu.RUnlock()
		return nil, reader{}, nil, errClosed
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	return ctx, reader{h.file}, func() { cancel(); h.mu.RUnlock() }, nil
}

// failed is the error of a question. Where it says that the file is damaged, it is built anew.
func (h *History) failed(what string, err error) error {
	if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrPageToken) {
		return err
	}
	if store.Useless(err) {
		h.Log.Warn("the history cannot be read", "asked", what, "err", err)
		h.Rebuild()
	}
	return fmt.Errorf("%s: %w", what, err)
}

// moved says how far the file goes now.
func (h *History) moved(sequence uint64) {
	h.stepMu.Lock()
	defer h.stepMu.Unlock()
	h.applied.Store(sequence)
	close(h.steps)
	h.steps = make(chan struct{})
}

// reached waits until the file goes up to a sequence.
func (h *History) reached(ctx context.Context, sequence uint64) error {
	for {
		h.stepMu.Lock()
		step := h.steps
		h.stepMu.Unlock()
		if h.applied.Load() >= sequence {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-step:
		}
	}
}

// Digester makes the keyed digests that the journal has in place of addresses and ids, as a [bus.Bus] does.
type Digester = record.Digester

// Subscription is told hops as they are written. What comes while it is full is left out and counted.
type Subscription = feed.Subscription

// Subscribe begins to tell the hops that want chooses, from now on; what the journal held before is not told. want is called
// by one goroutine and has to be quick. The caller closes the subscription.
func (h *History) Subscribe(want func(*controlv1.Hop) bool) *Subscription {
	return h.feed.Subscribe(want)
}
