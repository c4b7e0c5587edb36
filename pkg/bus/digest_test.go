package bus_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"
)

// TestALostDigestKeyIsAnError: a new one would leave contacts, refs and open questions behind without a word.
func TestALostDigestKeyIsAnError(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("ingress")
	storage := bus.Storage{Replicas: 1}
	digest := b.Digest("ann")
	lose := func() {
		t.Helper()
		if err := b.DeleteBucket(t.Context(), topology.Secrets); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, b, post(event("m1", "ann", 0, 1)))
	lose()
	for range 2 { // the bucket is there again the second time
		err := s.Connect("provision").Provision(t.Context(), []string{far}, storage)
		if !errors.Is(err, bus.ErrDigestKeyLost) || !strings.Contains(err.Error(), topology.Egress(far).Name+": 1") || !strings.Contains(err.Error(), "restore the stream KV_SECRETS") {
			t.Fatalf("%v", err)
		}
	}
	storage.NewDigestKey = true
	if err := s.Connect("provision").Provision(t.Context(), []string{far}, storage); err != nil {
		t.Fatal(err)
	}
	if s.Connect("other").Digest("ann") == digest {
		t.Error("the key is the same")
	}
}

// TestAnEmptyDeploymentGetsAKey: nothing was written with the one that is gone.
func TestAnEmptyDeploymentGetsAKey(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	if err := s.Connect("ingress").DeleteBucket(t.Context(), topology.Secrets); err != nil {
		t.Fatal(err)
	}
	if err := s.Connect("provision").Provision(t.Context(), []string{far}, bus.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
}
