package provision_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
)

// A preview says all that applying changes, and nothing else: none of it is done before, and all of it after.
func TestAPreviewIsWhatApplyingChanges(t *testing.T) {
	t.Parallel()
	b, err := bus.Connect(bustest.StartEmpty(t).URL(), bus.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(context.WithoutCancel(t.Context())) })
	storage := provision.Storage{Replicas: 1}
	preview := func() []string {
		t.Helper()
		changes, err := provision.Preview(t.Context(), b, []string{far}, storage)
		if err != nil {
			t.Fatal(err)
		}
		return changes
	}
	apply := func() {
		t.Helper()
		if err := provision.Apply(t.Context(), b, []string{far}, storage); err != nil {
			t.Fatal(err)
		}
	}
	all := topology.LimitsOf([]string{far}, 0, topology.KeepSent)
	made := preview()
	if len(made) != len(all.Streams)+len(all.Buckets)+1 || made[len(made)-1] != "a digest key would be made" || !slices.Contains(made, "stream EGRESS_"+far+" would be made") {
		t.Errorf("%q", made)
	}
	if names, err := b.StreamNames(t.Context()); err != nil || len(names) > 0 {
		t.Errorf("a preview made %q, %v", names, err)
	}
	apply()
	if again := preview(); len(again) > 0 {
		t.Errorf("after it was applied: %q", again)
	}

	// as another version, or somebody by hand, has it: more, less, and otherwise
	stream, err := b.JetStream().Stream(t.Context(), topology.Journal.Name)
	if err != nil {
		t.Fatal(err)
	}
	config := stream.CachedInfo().Config
	age := config.MaxAge
	config.MaxAge, config.Subjects, config.AllowDirect, config.Compression = 2*age, append(config.Subjects, "more.>"), true, jetstream.NoCompression
	if _, err := b.JetStream().UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	bucket := topology.Buckets()[0]
	if _, err := b.JetStream().UpdateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: bucket.Name, MaxBytes: 1 << 20, Replicas: 1, History: 1, Storage: jetstream.FileStorage}); err != nil {
		t.Fatal(err)
	}
	name := "stream " + topology.Journal.Name
	want := []string{
		"bucket " + bucket.Name + " has description none, and would have what each network declares",
		"bucket " + bucket.Name + " has max bytes 1048576, and would have ",
		"bucket " + bucket.Name + " has metadata none, and would have puente.values = application/json",
		name + " has compression none, and would have s2",
		fmt.Sprintf("%s has max age %s, and would have %s", name, 2*age, age),
		name + " has reads from servers that are behind true, and would have false",
		name + " has subjects ",
	}
	got := preview()
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range got {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	if diff := cmp.Diff(got, preview()); diff != "" {
		t.Errorf("a preview changed something: %s", diff)
	}
	apply()
	if again := preview(); len(again) > 0 {
		t.Errorf("after it was applied again: %q", again)
	}

	// what is to be kept no longer
	none := time.Duration(0)
	storage.Sent = &none
	if got, gone := preview(), "stream "+topology.Sent.Name+" would be removed, with what it holds"; !slices.Contains(got, gone) {
		t.Errorf("%q, not %q", got, gone)
	}
	apply()
	if again := preview(); len(again) > 0 {
		t.Errorf("after it was applied without what was sent: %q", again)
	}
}

// What applying would refuse, a preview refuses too.
func TestAPreviewRefusesWhatApplyingRefuses(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("test")
	publish(t, b, large(1))
	if err := kv.Open(b, topology.Secrets).Delete(t.Context(), digest.KeyName); err != nil {
		t.Fatal(err)
	}
	if _, err := provision.Preview(t.Context(), b, []string{far}, provision.Storage{Replicas: 1}); !errors.Is(err, provision.ErrDigestKeyLost) {
		t.Errorf("%v", err)
	}
	changes, err := provision.Preview(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, NewDigestKey: true})
	if err != nil || !slices.Equal(changes, []string{"a digest key would be made"}) {
		t.Errorf("%q, %v", changes, err)
	}
}
