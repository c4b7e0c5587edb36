package provision_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
)

// A key that the operator keeps is the one that is used, comes back where it was lost, and no other one is worked with.
func TestTheConfiguredDigestKeyIsTheOneThatCounts(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	key := bytes.Repeat([]byte{7}, 32)
	apply := func(k []byte) error {
		return provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, DigestKey: k})
	}
	stored := func() []byte {
		t.Helper()
		value, _, err := kv.Open(b, topology.Secrets).Get(t.Context(), digest.KeyName)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for range 2 {
		if err := apply(key); err != nil || !bytes.Equal(stored(), key) {
			t.Fatalf("%v", err)
		}
	}
	if err := apply(bytes.Repeat([]byte{8}, 32)); !errors.Is(err, provision.ErrDigestKeyDiffers) || !bytes.Equal(stored(), key) {
		t.Errorf("another key: %v", err)
	}
	if err := apply(nil); err != nil || !bytes.Equal(stored(), key) {
		t.Errorf("no key: %v", err)
	}
	publish(t, b, post(event("m1", "ann", 0, 1)))
	if err := kv.Open(b, topology.Secrets).Delete(t.Context(), digest.KeyName); err != nil {
		t.Fatal(err)
	}
	if err := apply(nil); !errors.Is(err, provision.ErrDigestKeyLost) {
		t.Errorf("lost: %v", err)
	}
	if err := apply(key); err != nil || !bytes.Equal(stored(), key) {
		t.Errorf("brought back: %v", err)
	}
}
