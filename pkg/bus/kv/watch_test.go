package kv_test

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// mirror keeps what a watch tells.
type mirror struct {
	mu     sync.Mutex
	holds  map[string]string
	told   int
	synced int
	atSync map[string]string
}

func watching(t *testing.T, k *kv.Bucket, filter string) *mirror {
	t.Helper()
	m := &mirror{holds: map[string]string{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- k.Watch(ctx, filter, func(key string, value []byte) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.told++
			if m.holds[key] = string(value); value == nil {
				delete(m.holds, key)
			}
		}, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.synced++
			m.atSync = maps.Clone(m.holds)
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return m
}

func (m *mirror) is(want map[string]string) func() bool {
	return func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.synced == 1 && maps.Equal(m.holds, want)
	}
}

func put(t *testing.T, k *kv.Bucket, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := k.Put(t.Context(), pairs[i], []byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWatchTellsWhatIsThereAndWhatChanges(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	k := kv.Open(s.Connect("writer"), topology.Channels)
	put(t, k, "settings.A", "1", "settings.B", "2", "state.A", "x")
	m := watching(t, kv.Open(s.Connect("reader"), topology.Channels), "settings.*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"settings.A": "1", "settings.B": "2"}))
	if want := map[string]string{"settings.A": "1", "settings.B": "2"}; !maps.Equal(m.atSync, want) {
		t.Errorf("synced with %v", m.atSync)
	}
	put(t, k, "settings.A", "1", "settings.C", "") // no change, and an empty value
	bustest.Eventually(t, "one more", m.is(map[string]string{"settings.A": "1", "settings.B": "2", "settings.C": ""}))
	if m.told != 3 {
		t.Errorf("told %d times, want 3: a value written again is no change", m.told)
	}
	if err := k.Delete(t.Context(), "settings.B"); err != nil {
		t.Fatal(err)
	}
	put(t, k, "settings.A", "3")
	bustest.Eventually(t, "one gone, one changed", m.is(map[string]string{"settings.A": "3", "settings.C": ""}))
}

func TestAWatchOfAnEmptyBucketIsSynced(t *testing.T) {
	t.Parallel()
	m := watching(t, kv.Open(bustest.Start(t).Connect("reader"), topology.Channels), "*")
	bustest.Eventually(t, "synced", m.is(map[string]string{}))
}

func TestAWatchWaitsForItsBucket(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	m := watching(t, kv.Open(b, topology.Channels), "*")
	if err := provision.Apply(t.Context(), b, nil, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	put(t, kv.Open(b, topology.Channels), "A", "1")
	bustest.Eventually(t, "found", m.is(map[string]string{"A": "1"}))
}

func TestAWatchSurvivesALostConnection(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	k := kv.Open(s.Connect("writer"), topology.Channels)
	put(t, k, "A", "1", "B", "2")
	reader := s.Connect("reader")
	m := watching(t, kv.Open(reader, topology.Channels), "*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"A": "1", "B": "2"}))
	for range 3 {
		if err := reader.Conn().ForceReconnect(); err != nil {
			t.Fatal(err)
		}
		put(t, k, "A", "3")
		if err := k.Delete(t.Context(), "B"); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, "what changed meanwhile", m.is(map[string]string{"A": "3"}))
		put(t, k, "A", "1", "B", "2")
		bustest.Eventually(t, "what changes afterwards", m.is(map[string]string{"A": "1", "B": "2"}))
	}
}

func TestAWatchSurvivesARestartOfTheBroker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broker := func(port int) *node.Node {
		t.Helper()
		n, err := node.Start(node.Options{Dir: dir, Port: port, Listen: true})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	n := broker(0)
	address, err := url.Parse(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	connect := func(name string) *bus.Bus {
		t.Helper()
		b, err := bus.Connect(address.String(), bus.Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close(context.Background()) })
		return b
	}
	b := connect("writer")
	if err := provision.Apply(t.Context(), b, nil, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	put(t, kv.Open(b, topology.Channels), "A", "1", "B", "2")
	m := watching(t, kv.Open(connect("reader"), topology.Channels), "*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"A": "1", "B": "2"}))
	n.Stop()
	n = broker(port)
	t.Cleanup(func() { n.Stop() })
	bustest.Eventually(t, "the writer is back", func() bool { return kv.Open(b, topology.Channels).Put(t.Context(), "A", []byte("3")) == nil })
	if err := kv.Open(b, topology.Channels).Delete(t.Context(), "B"); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "what changed meanwhile", m.is(map[string]string{"A": "3"}))
	put(t, kv.Open(b, topology.Channels), "C", "4")
	bustest.Eventually(t, "what changes afterwards", m.is(map[string]string{"A": "3", "C": "4"}))
}

func TestAWatchNoticesABucketThatWasMadeAnew(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("writer")
	k := kv.Open(b, topology.Channels)
	put(t, k, "A", "1", "B", "2", "C", "3")
	m := watching(t, kv.Open(s.Connect("reader"), topology.Channels).ReadAnewEvery(200_000_000).NeverAnyhow(), "*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"A": "1", "B": "2", "C": "3"}))
	if err := b.JetStream().DeleteKeyValue(t.Context(), topology.Channels); err != nil {
		t.Fatal(err)
	}
	if err := provision.Apply(t.Context(), b, nil, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	put(t, k, "B", "4") // C and A vanish without a trace in the new bucket
	bustest.Eventually(t, "what the new one holds", m.is(map[string]string{"B": "4"}))
}

// readings counts how often a bucket begins to be read.
func readings(t *testing.T, b *bus.Bus) func() int64 {
	t.Helper()
	var n atomic.Int64
	if _, err := b.Conn().Subscribe("$JS.EVENT.ADVISORY.CONSUMER.CREATED.KV_CHANNELS.>", func(*nats.Msg) { n.Add(1) }); err != nil {
		t.Fatal(err)
	}
	if err := b.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	return n.Load
}

// A bucket in which nothing happens is read once, and what it costs to look at it does not grow with its keys.
func TestAWatchReadsAnewWhatHasChangedAlone(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("writer")
	k, read := kv.Open(b, topology.Channels), readings(t, b)
	put(t, k, "settings.A", "1", "settings.B", "2")
	m := watching(t, kv.Open(s.Connect("reader"), topology.Channels).ReadAnewEvery(100*time.Millisecond).NeverAnyhow(), "settings.*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"settings.A": "1", "settings.B": "2"}))
	time.Sleep(300 * time.Millisecond) // three times as long, at least
	if n := read(); n != 1 {
		t.Errorf("read %d times, and nothing has changed", n)
	}
	put(t, k, "state.A", "x") // also where the watch is not told of it: it may be another one that it was not told of
	bustest.Eventually(t, "read anew", func() bool { return read() > 1 })
}

// A watch finds in time what it was not told of: a key that was taken out of the stream, which leaves no trace.
func TestAWatchNoticesWhatVanished(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("writer")
	put(t, kv.Open(b, topology.Channels), "A", "1", "B", "2", "C", "3")
	m := watching(t, kv.Open(s.Connect("reader"), topology.Channels).ReadAnewEvery(100*time.Millisecond).NeverAnyhow(), "*")
	bustest.Eventually(t, "all there is", m.is(map[string]string{"A": "1", "B": "2", "C": "3"}))
	stream, err := b.JetStream().Stream(t.Context(), topology.BucketStream+topology.Channels)
	if err == nil {
		err = stream.Purge(t.Context(), jetstream.WithPurgeSubject("$KV."+topology.Channels+".B"))
	}
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "one gone", m.is(map[string]string{"A": "1", "C": "3"}))
}

// Everything is read anew from time to time, also where nothing has changed.
func TestAWatchReadsAnewFromTimeToTime(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("writer")
	k, read := kv.Open(b, topology.Channels), readings(t, b)
	put(t, k, "A", "1")
	watching(t, kv.Open(s.Connect("reader"), topology.Channels).ReadAnewEvery(10*time.Millisecond), "*")
	bustest.Eventually(t, "read anew", func() bool { return read() > 1 })
}

func TestAWatchEndsWithItsConnection(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("reader")
	done := make(chan error, 1)
	go func() {
		done <- kv.Open(b, topology.Channels).Watch(t.Context(), "*", func(string, []byte) {}, func() { bustest.Sever(b) })
	}()
	if err := <-done; err == nil {
		t.Error("a closed connection is no error")
	}
}
