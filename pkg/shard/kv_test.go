package shard_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// TestKeyValueStores: the bucket, and what stands for it in these tests, do the same.
func TestKeyValueStores(t *testing.T) {
	t.Parallel()
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		testKV(t, kv.Open(bustest.Start(t).Connect("worker"), topology.Leases))
	})
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		testKV(t, newStore().line())
	})
}

func testKV(t *testing.T, store shard.KV) {
	ctx := t.Context()
	write := func(key, value string, revision uint64) uint64 {
		t.Helper()
		r, err := store.Update(ctx, key, []byte(value), revision)
		if err != nil {
			t.Fatalf("update %s at %d: %v", key, revision, err)
		}
		return r
	}
	conflict := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, bus.ErrConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	update := func(key string, revision uint64) error {
		_, err := store.Update(ctx, key, []byte("other"), revision)
		return err
	}
	if _, _, err := store.Get(ctx, "unit.a"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
	conflict("update where nothing is", update("unit.a", 7))
	first := write("unit.a", "1", 0)
	conflict("create where something is", update("unit.a", 0))
	second := write("unit.a", "2", first)
	if second <= first {
		t.Errorf("revision %d after %d", second, first)
	}
	conflict("update of an older one", update("unit.a", first))
	conflict("delete of an older one", store.DeleteAt(ctx, "unit.a", first))
	if value, revision, err := store.Get(ctx, "unit.a"); string(value) != "2" || revision != second || err != nil {
		t.Errorf("got %s at %d, %v", value, revision, err)
	}
	if err := store.DeleteAt(ctx, "unit.a", second); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, _, err := store.Get(ctx, "unit.a"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("what was deleted: %v", err)
	}
	conflict("update of what was deleted", update("unit.a", second))
	if again := write("unit.a", "3", 0); again <= second {
		t.Errorf("revision %d after %d: a deleted key begins anew", again, second)
	}
	for _, err := range []error{
		store.Put(ctx, "alive.b", []byte("here")), store.Put(ctx, "alive.b", []byte("leaving")), store.DeleteAt(ctx, "alive.b", 0), store.DeleteAt(ctx, "alive.nobody", 0),
		store.Put(ctx, "alive.b", []byte("here")), store.Put(ctx, "other.c", []byte("x")),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	testFollow(t, store)
	testFollowService(t, store)
}

// testFollowService watches all that one service has, of whatever kind, and nothing of another whose name is like it.
func testFollowService(t *testing.T, store shard.KV) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, key := range []string{"alive.toy.1", "unit.toy.EGRESS-A", "unit.toy.x.y", "process.toy.1", "alive.toy-2.1", "unit.other.toy", "toy"} {
		if err := store.Put(ctx, key, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	if err := store.Follow(ctx, []string{"*.toy.>"}, func(e kv.Entry) { keys = append(keys, e.Key) }, stop); err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	if want := []string{"alive.toy.1", "process.toy.1", "unit.toy.EGRESS-A", "unit.toy.x.y"}; !slices.Equal(keys, want) {
		t.Errorf("%v", keys)
	}
}

// testFollow watches what [testKV] has left, and what changes.
func testFollow(t *testing.T, store shard.KV) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	entries, synced, ended := make(chan kv.Entry, 100), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- store.Follow(ctx, []string{"unit.>", "alive.*"}, func(e kv.Entry) { entries <- e }, func() { close(synced) })
	}()
	receive := func(n int) (got []kv.Entry) {
		t.Helper()
		for len(got) < n {
			select {
			case e := <-entries:
				if e.Key == "alive.nobody" {
					continue // a trace of what was never there
				}
				if e.Revision == 0 || e.Stored.IsZero() {
					t.Errorf("%+v", e)
				}
				got = append(got, e)
			case <-time.After(10 * time.Second):
				t.Fatalf("only %+v", got)
			}
		}
		return got
	}
	same := func(got []kv.Entry, want ...kv.Entry) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(kv.Entry{}, "Revision", "Stored"), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	}
	same(receive(2), kv.Entry{Key: "unit.a", Value: []byte("3")}, kv.Entry{Key: "alive.b", Value: []byte("here")})
	<-synced
	if err := errors.Join(store.Put(ctx, "alive.b", []byte("here")), store.Put(ctx, "other.c", nil), store.Put(ctx, "unit.x.y", []byte("4")), store.DeleteAt(ctx, "alive.b", 0)); err != nil {
		t.Fatal(err)
	}
	same(receive(3), kv.Entry{Key: "alive.b", Value: []byte("here")}, kv.Entry{Key: "unit.x.y", Value: []byte("4")}, kv.Entry{Key: "alive.b", Deleted: true})
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestAWatchEndsWhenItIsInterrupted: only so is what was missed found out.
func TestAWatchEndsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("worker")
	ended := make(chan error, 1)
	go func() {
		ended <- kv.Open(b, topology.Leases).Follow(t.Context(), []string{"unit.>"}, func(kv.Entry) {}, func() { b.Close(context.Background()) })
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the end of the connection is no error")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
	if err := kv.Open(b, topology.Leases).Follow(t.Context(), []string{"unit .>"}, func(kv.Entry) {}, func() {}); err == nil {
		t.Error("a filter that is none")
	}
}
