package bustest

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// EarlierMedia makes the store in which earlier versions kept attachments, with one file under this id. there says whether the store is
// there still; over has its files be over, as the broker does when they are 30 days old.
func EarlierMedia(t testing.TB, b *bus.Bus, id, body string) (there func() bool, over func()) {
	t.Helper()
	store, err := b.JetStream().CreateObjectStore(t.Context(), jetstream.ObjectStoreConfig{Bucket: topology.EarlierMedia, TTL: topology.KeepMedia, MaxBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.PutString(t.Context(), id, body); err != nil {
		t.Fatal(err)
	}
	there = func() bool {
		_, err := b.JetStream().Stream(t.Context(), topology.EarlierMediaStream)
		return err == nil
	}
	over = func() {
		t.Helper()
		s, err := b.JetStream().Stream(t.Context(), topology.EarlierMediaStream)
		if err == nil {
			err = s.Purge(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return there, over
}
