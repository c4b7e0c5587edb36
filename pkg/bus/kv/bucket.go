package kv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/refusal"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
)

// Bucket is one key-value bucket: the last value of each key, with a revision that grows by every write to the bucket. It
// is safe for concurrent use, and two of one name are the same. Keys are up to 512 bytes of letters, digits, "-", "_", "/",
// "=" and dots between parts; another key is [bus.ErrName]. Values are up to 8 MB. Each method but the watches is one request, bounded
// by [bus.RequestTimeout] and the context; a bucket that is not there is an error, and is made by package provision alone.
//
// In a cluster a server may answer that is a moment behind the last write. So what is read is no ground to write upon but by
// [Bucket.Update] and [Bucket.DeleteAt], which are refused then.
type Bucket struct {
	bus  *bus.Bus
	name string
	// again stands for watchAgain in tests, and anyhow for watchAnyhow; 0 outside of them.
	again  time.Duration
	anyhow int
}

// Open names a bucket, one of those that package topology declares; it does no I/O, and cannot fail.
func Open(b *bus.Bus, name string) *Bucket { return &Bucket{bus: b, name: name} }

// ErrNoBucket means that the bucket itself is not there: the deployment was not provisioned yet.
var ErrNoBucket = errors.New("there is no such bucket")

// open is the client's handle on the bucket. A bucket that is deleted and made anew keeps its name, so a handle stays good.
func (k *Bucket) open(ctx context.Context) (jetstream.KeyValue, error) {
	// asked for once a connection: a heartbeat must not wait for more than its own write
	kv, err := k.bus.Link().KeyValue(ctx, k.name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, fmt.Errorf("open bucket %s: %w: %w", k.name, ErrNoBucket, err)
	}
	if errors.Is(err, bus.ErrName) { // the text may be a stranger's
		return nil, fmt.Errorf("bucket: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", k.name, err)
	}
	return kv, nil
}

// at opens the bucket for a key, after a look at the key: it comes from outside, and the broker would end the connection for it.
func (k *Bucket) at(ctx context.Context, key string) (jetstream.KeyValue, error) {
	if err := valid.Subject(key); err != nil {
		return nil, fmt.Errorf("key of bucket %s: %w", k.name, err)
	}
	return k.open(ctx)
}

// Get reads a value and its revision, or [bus.ErrNotFound], also where the key was deleted.
func (k *Bucket) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	kv, err := k.at(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	e, err := kv.Get(ctx, key)
	if err != nil {
		return nil, 0, k.errorOf("read", key, err)
	}
	return e.Value(), e.Revision(), nil
}

// All reads every key of the bucket with its value into memory: it is for buckets that grow with the configuration, not with
// the contacts. What is written meanwhile may be in it or not. It has no bound in time but the context's.
func (k *Bucket) All(ctx context.Context) (map[string][]byte, error) { return k.list(ctx) }

// Keys reads every key of the bucket, as [Bucket.All] does, without the values.
func (k *Bucket) Keys(ctx context.Context) ([]string, error) {
	all, err := k.list(ctx, jetstream.MetaOnly())
	return slices.Sorted(maps.Keys(all)), err
}

// list reads every key of the bucket.
func (k *Bucket) list(ctx context.Context, opts ...jetstream.WatchOpt) (map[string][]byte, error) {
	ctx, cancel := k.bus.Link().During(ctx)
	defer cancel()
	kv, err := k.open(ctx)
	if err != nil {
		return nil, err
	}
	w, err := kv.WatchAll(ctx, append(opts, jetstream.IgnoreDeletes())...)
	if err != nil {
		return nil, fmt.Errorf("list bucket %s: %w", k.name, err)
	}
	defer func() { _ = w.Stop() }()
	all := map[string][]byte{}
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok {
				return nil, fmt.Errorf("list bucket %s: interrupted", k.name)
			}
			if e == nil { // the client's sign that all that was there has come
				return all, nil
			}
			all[e.Key()] = e.Value()
		case <-ctx.Done():
			return nil, fmt.Errorf("list bucket %s: %w", k.name, context.Cause(ctx))
		}
	}
}

// Put writes, whatever is there: the last writer wins, so it is for keys with one writer. After an error it may have been written
// all the same, unless the error is [bus.ErrName] or [bus.ErrNoRoom]: to put the same again does no harm.
func (k *Bucket) Put(ctx context.Context, key string, value []byte) error {
	kv, err := k.at(ctx, key)
	if err != nil {
		return err
	}
	if _, err = kv.Put(ctx, key, value); err != nil {
		return k.errorOf("write", key, err)
	}
	return nil
}

// Create writes where nothing is, or fails with [bus.ErrExists]; a deleted key counts as nothing. It returns the revision of what
// it wrote. [bus.ErrExists] after an error may be one's own write of before.
func (k *Bucket) Create(ctx context.Context, key string, value []byte) (uint64, error) {
	kv, err := k.at(ctx, key)
	if err != nil {
		return 0, err
	}
	rev, err := kv.Create(ctx, key, value)
	if err != nil {
		return 0, k.errorOf("create", key, err)
	}
	return rev, nil
}

// Update writes where the revision is still this one, or fails with [bus.ErrConflict]. Revision 0 says that nothing is there.
// It returns the revision of what it wrote.
func (k *Bucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if revision == 0 { // not as the client's Update, which takes the trace of a deleted key for a value
		written, err := k.Create(ctx, key, value)
		if errors.Is(err, bus.ErrExists) {
			err = bus.ErrConflict
		}
		return written, err
	}
	kv, err := k.at(ctx, key)
	if err != nil {
		return 0, err
	}
	rev, err := kv.Update(ctx, key, value, revision)
	if err != nil {
		return 0, k.errorOf("update", key, err)
	}
	return rev, nil
}

// Delete takes a key out, with what it held before; it is no error where there is none. Watchers are told.
func (k *Bucket) Delete(ctx context.Context, key string) error {
	kv, err := k.at(ctx, key)
	if err != nil {
		return err
	}
	// not the client's Purge: its header could as well empty the whole bucket, so that buckets refuse it. A bucket keeps one value a
	// key, so that nothing of what was there stays
	if err := kv.Delete(ctx, key); err != nil {
		return k.errorOf("delete", key, err)
	}
	return nil
}

// DeleteAt takes a key out where its revision is still this one, or fails with [bus.ErrConflict]. Revision 0 stands for
// whatever is there, as [Bucket.Delete] does.
func (k *Bucket) DeleteAt(ctx context.Context, key string, revision uint64) error {
	kv, err := k.at(ctx, key)
	if err != nil {
		return err
	}
	if err := kv.Delete(ctx, key, jetstream.LastRevision(revision)); err != nil { // which leaves 0 out
		return k.errorOf("delete", key, err)
	}
	return nil
}

// Drop takes out all keys that match a filter, and leaves no trace of them: watchers are not told. It is for whoever may do anything
// with the bucket. It is no error where there are none.
func (k *Bucket) Drop(ctx context.Context, filter string) error {
	if err := valid.Filter(filter); err != nil {
		return fmt.Errorf("filter of bucket %s: %w", k.name, err)
	}
	s, err := k.bus.Link().JetStream().Stream(ctx, "KV_"+k.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("open bucket %s: %w: %w", k.name, ErrNoBucket, err)
	}
	if err != nil {
		return fmt.Errorf("open bucket %s: %w", k.name, err)
	}
	if err := s.Purge(ctx, jetstream.WithPurgeSubject("$KV."+k.name+"."+filter)); err != nil {
		return fmt.Errorf("empty %s in bucket %s: %w", filter, k.name, err)
	}
	return nil
}

// errorOf turns the client's errors into those of this package. The key is in no error that says where the room is: keys hold
// no content, but a full store is not the key's matter.
func (k *Bucket) errorOf(verb, key string, err error) error {
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrKeyDeleted):
		return bus.ErrNotFound
	case verb == "create" && errors.Is(err, jetstream.ErrKeyExists): // any refused compare-and-set, for the client
		return bus.ErrExists
	case refusal.Conflict(err):
		return bus.ErrConflict
	case refusal.NoRoom(err):
		return fmt.Errorf("%s in bucket %s: %w", verb, k.name, bus.ErrNoRoom)
	default:
		return fmt.Errorf("%s %s in bucket %s: %w", verb, key, k.name, err)
	}
}
