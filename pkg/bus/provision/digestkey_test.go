package provision_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
)

// TestALostDigestKeyIsAnError: a new one would leave contacts, refs and open questions behind without a word.
func TestALostDigestKeyIsAnError(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("ingress")
	storage := provision.Storage{Replicas: 1}
	before := b.Digest(digest.ForContact, "ann")
	lose := func() {
		t.Helper()
		if err := b.JetStream().DeleteKeyValue(t.Context(), topology.Secrets); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, b, post(event("m1", "ann", 0, 1)))
	lose()
	for range 2 { // the bucket is there again the second time
		err := provision.Apply(t.Context(), s.Connect("provision"), []string{far}, storage)
		if !errors.Is(err, provision.ErrDigestKeyLost) || !strings.Contains(err.Error(), topology.Egress(far).Name+": 1") || !strings.Contains(err.Error(), "restore the stream KV_SECRETS") {
			t.Fatalf("%v", err)
		}
	}
	storage.NewDigestKey = true
	if err := provision.Apply(t.Context(), s.Connect("provision"), []string{far}, storage); err != nil {
		t.Fatal(err)
	}
	if s.Connect("other").Digest(digest.ForContact, "ann") == before {
		t.Error("the key is the same")
	}
}

// TestAnEmptyDeploymentGetsAKey: nothing was written with the one that is gone.
func TestAnEmptyDeploymentGetsAKey(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	if err := s.Connect("ingress").JetStream().DeleteKeyValue(t.Context(), topology.Secrets); err != nil {
		t.Fatal(err)
	}
	if err := provision.Apply(t.Context(), s.Connect("provision"), []string{far}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
}
