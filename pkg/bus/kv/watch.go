package kv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// Times of a watch.
const (
	// watchAgain is how often a watch asks whether the bucket has changed since it began to read it, and reads everything anew then:
	// what an interruption that nobody noticed has hidden, such as a bucket that was made anew, is found out.
	watchAgain = 2 * time.Minute
	// watchAnyhow is how often it reads everything anew, in times of watchAgain, also where nothing has changed.
	watchAnyhow = 15
	// watchLook is how often it looks whether the connection was lost meanwhile.
	watchLook = 250 * time.Millisecond
	// A watch that cannot begin is tried again after these, ever rarer.
	watchPause, watchPauseMax = 100 * time.Millisecond, 5 * time.Second
)

// Watch tells what the keys that match a filter hold, "*" standing for one token, and from then on every change, until
// the context ends: then it returns nil. It calls changed with a key's value, nil where the key is gone, and synced
// once, when everything that was there has been told; one call at a time. A value that is written again as it was is no
// change. An interruption, of the connection or of the broker, is survived: what changed or vanished meanwhile is told
// afterwards, though not each step in between. It waits for a bucket that is not there yet.
//
// It is for buckets whose keys fit into memory: of the values it keeps digests. Its errors are [bus.ErrName] for the filter, and [bus.ErrClosed] where the
// bus is over; a process that needs the bucket has to end then.
func (k *Bucket) Watch(ctx context.Context, filter string, changed func(key string, value []byte), synced func()) error {
	if err := valid.Filter(filter); err != nil {
		return fmt.Errorf("watch bucket %s: %w", k.name, err)
	}
	w := &watch{bucket: k, filter: filter, again: watchAgain, anyhow: watchAnyhow, known: map[string]digest{}, changed: changed, synced: synced}
	if k.again != 0 {
		w.again = k.again
	}
	if k.anyhow != 0 {
		w.anyhow = k.anyhow
	}
	return w.run(ctx)
}

// watch is one call of [Bucket.Watch]. It remembers every key with a digest of its value, which is how it tells after an interruption
// what changed meanwhile. Whoever watches keeps of a value what is needed.
type watch struct {
	bucket *Bucket
	filter string
	again  time.Duration
	anyhow int
	// known is what the caller was told, by key. One goroutine uses it: the one that called Watch.
	known   map[string]digest
	changed func(key string, value []byte)
	synced  func() // nil once called
}

// errAgain means that the watch is to begin anew, though nothing went wrong.
var errAgain = errors.New("it is time to read everything anew")

// run begins session after session. One that lasted is followed by the next at once, one that did not after a pause that grows.
func (w *watch) run(ctx context.Context) error {
	wait := watchPause
	for ctx.Err() == nil {
		began := time.Now()
		err := w.session(ctx)
		if w.bucket.bus.Over() && ctx.Err() == nil {
			return bus.ErrClosed
		}
		if errors.Is(err, errAgain) {
			continue
		}
		if ctx.Err() == nil {
			w.bucket.bus.Logger().Debug("watch interrupted", "bucket", w.bucket.name, "err", err)
		}
		if time.Since(began) > watchPauseMax {
			wait = watchPause
		}
		_ = pause.For(ctx, wait/2+rand.N(wait/2))
		wait = min(2*wait, watchPauseMax)
	}
	return nil
}

// session reads everything, and then what changes, until it is interrupted or there is a doubt that it still shows
// everything.
func (w *watch) session(ctx context.Context) error {
	l := w.bucket.bus.Link()
	before, _ := w.bucket.state(ctx)           // where it is not known, everything is read anew
	connections := l.Conn().Stats().Reconnects // before the watch begins: a reconnect while it does counts
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	found := map[string]bool{} // nil once everything that is there has been read
	var complete atomic.Bool
	var doubting sync.WaitGroup
	doubting.Go(func() { end(w.doubt(ctx, l, connections, before, &complete)) })
	defer doubting.Wait()
	defer end(nil)
	err := w.bucket.follow(ctx, l, []string{w.filter}, func(e Entry) {
		if e.Deleted {
			delete(found, e.Key)
			w.gone(e.Key)
			return
		}
		if found != nil {
			found[e.Key] = true
		}
		w.put(e.Key, e.Value)
	}, func() {
		complete.Store(true)
		w.sweep(found)
		found = nil
	})
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// doubt waits for a reason to read everything anew, and returns it: the client came back to another server, which may have told
// less; the bucket is not as it was before it was read; or it is simply time. Where not everything was read by then, the watch
// hangs, and that is an error that pauses.
func (w *watch) doubt(ctx context.Context, l *conn.Link, connections uint64, before bus.StreamState, complete *atomic.Bool) error {
	again, look := time.NewTimer(w.again/2+rand.N(w.again/2)), time.NewTicker(watchLook)
	defer again.Stop()
	defer look.Stop()
	for looks := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
			if l.Conn().Stats().Reconnects != connections {
				return errAgain
			}
		case <-again.C:
			if !complete.Load() {
				return fmt.Errorf("watch bucket %s: not everything was read in time", w.bucket.name)
			}
			if looks++; looks == w.anyhow || w.bucket.changed(ctx, before) {
				return errAgain
			}
			again.Reset(w.again/2 + rand.N(w.again/2))
		}
	}
}

// digest stands for a value: half of its SHA-256, which no two values have in common that anybody could find.
type digest [sha256.Size / 2]byte

func digestOf(value []byte) digest {
	sum := sha256.Sum256(value)
	return digest(sum[:len(digest{})])
}

// put tells a value that was not known. An empty one is not nil, which stands for a key that is gone.
func (w *watch) put(key string, value []byte) {
	if value == nil {
		value = []byte{}
	}
	is := digestOf(value)
	if old, ok := w.known[key]; ok && old == is {
		return
	}
	w.known[key] = is
	w.changed(key, value)
}

// gone tells that a key is gone, where it was known.
func (w *watch) gone(key string) {
	if _, ok := w.known[key]; ok {
		delete(w.known, key)
		w.changed(key, nil)
	}
}

// sweep tells what was known and has not been found again: it was deleted while nobody watched. Then, the first time, everything
// that is there has been told.
func (w *watch) sweep(found map[string]bool) {
	for key := range w.known {
		if !found[key] {
			w.gone(key)
		}
	}
	if w.synced != nil {
		w.synced()
		w.synced = nil
	}
}

// state is how the bucket's stream stands.
func (k *Bucket) state(ctx context.Context) (bus.StreamState, error) {
	return k.bus.State(ctx, topology.BucketStream+k.name)
}

// changed says that something was written into the bucket or taken out of it since it stood so, or that it is another bucket. It
// costs one request, however many keys there are.
func (k *Bucket) changed(ctx context.Context, before bus.StreamState) bool {
	now, err := k.state(ctx)
	return err != nil || before.Created.IsZero() || now != before
}
