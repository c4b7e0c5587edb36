package provision_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// TestTheAttachmentsOfVersionsBeforeStayUntilTheyAreOver: they are read, processes of such a version that still run store further
// ones, the store takes ever less of the servers' room, and goes once it is empty.
func TestTheAttachmentsOfVersionsBeforeStayUntilTheyAreOver(t *testing.T) {
	t.Parallel()
	b := bustest.StartEmpty(t).Connect("provision")
	ctx := t.Context()
	storage := provision.Storage{Replicas: 1, Bytes: 2 << 30}
	files := topology.LimitsOf([]string{far}, storage.Bytes, topology.KeepSent).ByName()[topology.Files.Name]
	store, err := b.JetStream().CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: topology.EarlierMedia, TTL: topology.KeepMedia, MaxBytes: files})
	if err != nil {
		t.Fatal(err)
	}
	put := func(id string, size int64) {
		t.Helper()
		if _, err := store.Put(ctx, jetstream.ObjectMeta{Name: id}, bytes.NewReader(make([]byte, size))); err != nil {
			t.Errorf("a version before stores a file: %v", err)
		}
	}
	limit := func() int64 {
		t.Helper()
		s, err := b.JetStream().Stream(ctx, topology.EarlierMediaStream)
		if err != nil {
			t.Fatal(err)
		}
		return s.CachedInfo().Config.MaxBytes
	}
	apply := func() {
		t.Helper()
		if err := provision.Apply(ctx, b, []string{far}, storage); err != nil {
			t.Fatal(err)
		}
		if again, err := provision.Preview(ctx, b, []string{far}, storage); err != nil || len(again) > 0 {
			t.Errorf("after it was applied: %q, %v", again, err)
		}
	}
	first, second := strings.Repeat("a", 32), strings.Repeat("b", 32)
	put(first, files/4)
	changes, err := provision.Preview(ctx, b, []string{far}, storage)
	if said := strings.Join(changes, "\n"); err != nil || !strings.Contains(said, "store MEDIA has max bytes") || !strings.Contains(said, "stream FILES would be made") {
		t.Errorf("%s, %v", said, err)
	}
	apply()
	if got := limit(); got <= files/4+files/16 || got > files/2 {
		t.Errorf("of %d it may take %d with %d in it", files, got, files/4)
	}
	put(second, files/16)
	apply()
	for _, id := range []string{first, second} {
		if f, err := media.New(b).Stat(ctx, id); err != nil || f.Size == 0 {
			t.Errorf("%s: %v", id, err)
		}
	}
	if dropped, err := provision.DropEarlierMedia(ctx, b); dropped || err != nil {
		t.Errorf("it is removed with what it holds: %v", err)
	}
	// the broker takes out what is over, chunks and what they were; here somebody does
	s, err := b.JetStream().Stream(ctx, topology.EarlierMediaStream)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	high := limit()
	apply()
	if low := limit(); low >= high {
		t.Errorf("it holds nothing, and may take %d after %d", low, high)
	}
	for _, want := range []bool{true, false} {
		if dropped, err := provision.DropEarlierMedia(ctx, b); dropped != want || err != nil {
			t.Errorf("removed: %t, %v", dropped, err)
		}
	}
	apply()
	if _, err := b.JetStream().Stream(ctx, topology.EarlierMediaStream); err == nil {
		t.Error("it was made again")
	}
}
