package kv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
)

// Entry is one change of a key, as [Bucket.Follow] tells it.
type Entry struct {
	// Key is whole, with what the filter matched.
	Key string
	// Value is nil where the key was deleted, and must not be written to.
	Value []byte
	// Revision is what [Bucket.Update] and [Bucket.DeleteAt] compare with; of a later change it is higher, whatever the key.
	Revision uint64
	// Stored is when the broker stored it, by the broker's clock.
	Stored time.Time
	// Deleted says that the key is gone.
	Deleted bool
}

// Follow is one watch: it tells what the keys that match one of the filters hold ("*" stands for one token, ">" for all
// that follow), calls synced once when everything that was there has been told, and tells every change from then on.
// Changes come in the order in which they were stored, keys that are deleted meanwhile included. It makes one call at a
// time, on the goroutine that called it; a call that takes long holds up what follows, and nothing of it is dropped.
//
// It returns nil when the context has ended, and an error as soon as the watch or the connection is interrupted: what
// changed since then is not told, and only a new call finds it out. [Bucket.Watch] survives interruptions.
func (k *Bucket) Follow(ctx context.Context, filters []string, tell func(Entry), synced func()) error {
	for _, filter := range filters {
		if err := valid.Filter(filter); err != nil {
			return fmt.Errorf("watch bucket %s: %w", k.name, err)
		}
	}
	return k.follow(ctx, k.bus.Link(), filters, tell, synced)
}

// follow is [Bucket.Follow] on one connection, with which it ends: the client would begin the watch anew on the next one, in
// silence, and keys that were deleted in between would never be told of.
func (k *Bucket) follow(parent context.Context, l *conn.Link, filters []string, tell func(Entry), synced func()) error {
	ctx, cancel := l.During(parent)
	defer cancel()
	w, err := k.watcher(ctx, cancel, filters)
	if err == nil {
		defer stopWatcher(w)
		err = receive(ctx, w, tell, synced)
	}
	if parent.Err() != nil {
		return nil
	}
	return fmt.Errorf("watch bucket %s: %w", k.name, err)
}

// watcher begins a watch, within [bus.RequestTimeout]. The client would wait for a lost answer for ever.
func (k *Bucket) watcher(ctx context.Context, cancel context.CancelFunc, filters []string) (jetstream.KeyWatcher, error) {
	begin := time.AfterFunc(bus.RequestTimeout, cancel)
	defer begin.Stop()
	kv, err := k.open(ctx)
	if err != nil {
		return nil, err
	}
	return kv.WatchFiltered(ctx, filters)
}

// errInterrupted means that a watch shows nothing more.
var errInterrupted = errors.New("interrupted")

// receive tells what a watcher shows until it ends. The client has nil among its updates where all that was there has been
// shown.
func receive(ctx context.Context, w jetstream.KeyWatcher, tell func(Entry), synced func()) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return errInterrupted
			case e == nil:
				synced()
			case e.Operation() == jetstream.KeyValuePut:
				tell(Entry{Key: e.Key(), Value: e.Value(), Revision: e.Revision(), Stored: e.Created()})
			default:
				tell(Entry{Key: e.Key(), Revision: e.Revision(), Stored: e.Created(), Deleted: true})
			}
		}
	}
}

// stopWatcher ends a watcher. Its channel is emptied until it is closed: the client would wait on it for ever.
func stopWatcher(w jetstream.KeyWatcher) {
	_ = w.Stop()
	limit := time.NewTimer(time.Second)
	defer limit.Stop()
	for {
		select {
		case _, ok := <-w.Updates():
			if !ok {
				return
			}
		case <-limit.C:
			return
		}
	}
}
