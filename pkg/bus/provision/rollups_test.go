package provision_test

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// empties says whether a message with the header of a roll-up, under one key, throws away what another holds.
func empties(t *testing.T, b *bus.Bus, bucket string) bool {
	t.Helper()
	k := kv.Open(b, bucket)
	if err := k.Put(t.Context(), "victim", []byte("1")); err != nil {
		t.Fatal(err)
	}
	_, refused := b.JetStream().PublishMsg(t.Context(), &nats.Msg{Subject: "$KV." + bucket + ".mine", Header: nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupAll}}})
	_, _, err := k.Get(t.Context(), "victim")
	if (refused == nil) != (err != nil) {
		t.Errorf("%s: refused with %v, then %v", bucket, refused, err)
	}
	return err != nil
}

func TestABucketIsNotEmptiedByOneMessage(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	for _, k := range topology.Buckets() {
		if empties(t, b, k.Name) {
			t.Errorf("%s is emptied by one message", k.Name)
		}
	}
}

// A bucket of an earlier version goes on as it is while its processes may run: they delete keys by roll-ups.
func TestRollupsOfVersionsBeforeAreAllowedUntilTheyAreDenied(t *testing.T) {
	t.Parallel()
	b := bustest.StartEmpty(t).Connect("provision")
	for _, k := range topology.Buckets() {
		if _, err := b.JetStream().CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: k.Name, TTL: k.TTL, MaxBytes: 1 << 20}); err != nil {
			t.Fatal(err)
		}
	}
	old, err := b.JetStream().KeyValue(t.Context(), topology.Channels)
	if err != nil {
		t.Fatal(err)
	}
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "state.toy.A", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := provision.Apply(t.Context(), b, []string{"toy"}, provision.Storage{Replicas: 1}); err != nil {
			t.Fatal(err)
		}
		if err := old.Purge(t.Context(), "of.before"); err != nil {
			t.Errorf("a version before cannot delete a key: %v", err)
		}
	}
	for range 2 {
		if err := provision.DenyRollups(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if err := provision.Apply(t.Context(), b, []string{"toy"}, provision.Storage{Replicas: 1}); err != nil {
			t.Fatal(err)
		}
		for _, k := range topology.Buckets() {
			if empties(t, b, k.Name) {
				t.Errorf("%s is emptied by one message", k.Name)
			}
		}
	}
	if data, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "state.toy.A"); err != nil || string(data) != "kept" {
		t.Errorf("%s, %v", data, err)
	}
}
