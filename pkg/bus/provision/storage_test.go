package provision_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// large is a message of about 100 kB.
func large(i int) bus.Post {
	return bus.Post{Subject: topology.EgressSubject(far, channel), ID: fmt.Sprint("large", i), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: fmt.Sprint(i), Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: strings.Repeat("x", 100<<10)}}},
	}}}}
}

// TestASmallerStoreKeepsWhatIsUnfinished: it takes nothing more, and says that it is everybody's room that is gone.
func TestASmallerStoreKeepsWhatIsUnfinished(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	const n = 100
	for i := range n {
		publish(t, b, large(i))
	}
	if err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Backlog(t.Context(), far, channel); err != nil || got != n {
		t.Errorf("%d of %d left, %v", got, n, err)
	}
	if _, err := b.Publish(t.Context(), large(n)); !errors.Is(err, bus.ErrNoRoom) || errors.Is(err, bus.ErrFull) {
		t.Errorf("%v, want no room", err)
	}
	if !b.Full(t.Context(), topology.Egress(far).Name, 0.8) {
		t.Error("the stream is not said to be full")
	}
}

func TestAFullChannelIsNoFullStore(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := topology.Egress(far)
	s.PerSubject = 2
	if err := provision.Remake(ctx, b, s); err != nil {
		t.Fatal(err)
	}
	publish(t, b, post(event("m1", "ann", 0, 1)))
	publish(t, b, post(event("m2", "ann", 0, 1)))
	if _, err := b.Publish(ctx, post(event("m3", "ann", 0, 1))); !errors.Is(err, bus.ErrFull) || errors.Is(err, bus.ErrNoRoom) {
		t.Errorf("%v, want a full backlog", err)
	}
}

// TestAScaledStoreIsAsItIsNeeded: who verifies computes the limits that were made.
func TestAScaledStoreIsAsItIsNeeded(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("ingress")
	for _, size := range []int64{64 << 20, 200 << 30, 0} {
		for _, networks := range [][]string{{far}, {far, "other", "third"}} {
			if err := provision.Apply(t.Context(), b, networks, provision.Storage{Replicas: 1, Bytes: size}); err != nil {
				t.Fatal(err)
			}
			if differences, err := provision.Verify(t.Context(), b, topology.Streams(networks)...); len(differences) > 0 || err != nil {
				t.Errorf("%d, %q: %q, %v", size, networks, differences, err)
			}
		}
	}
}

// TestWhatIsRememberedIsNotShrunkAway: a smaller store must not make INDEX forget what has been taken.
func TestWhatIsRememberedIsNotShrunkAway(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("translator")
	long := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Reason: strings.Repeat("x", 1<<20)}
	for i := range 20 {
		if _, err := b.Create(t.Context(), topology.StateSubject(channel, fmt.Sprint(i)), long, 0); err != nil {
			t.Fatal(err)
		}
	}
	err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Bytes: 64 << 20})
	if err == nil || !strings.Contains(err.Error(), "stream INDEX holds 20") || !strings.Contains(err.Error(), "raise nats.store") {
		t.Errorf("%v", err)
	}
	var s indexv1.State
	if _, err := b.Read(t.Context(), topology.StateSubject(channel, "0"), &s); err != nil {
		t.Errorf("the oldest: %v", err)
	}
}

// TestTooLittleRoomIsSaidBeforeAnythingIsMade: what is needed, and what there is.
func TestTooLittleRoomIsSaidBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	s := bustest.StartSmall(t, 1<<30, 1<<20)
	b := s.Connect("provision")
	err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1})
	short, ok := errors.AsType[*provision.RoomError](err)
	if !ok || short.Needed < topology.DefaultStore*9/10 || short.Needed > topology.DefaultStore || short.There > 1<<30 || short.There < 900<<20 {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "up to 20 GB") || !strings.Contains(err.Error(), "lower nats.store") {
		t.Errorf("%v", err)
	}
	if _, err := provision.Verify(t.Context(), b, topology.Messages); err == nil {
		t.Error("a stream was made all the same")
	}
	if err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Bytes: 900 << 20}); err != nil {
		t.Error(err)
	}
	// what is there already needs no room of its own
	if err := provision.Apply(t.Context(), b, []string{far, "other"}, provision.Storage{Replicas: 1, Bytes: 900 << 20}); err != nil {
		t.Error(err)
	}
	if said := provision.SmallPayload(b); !strings.Contains(said, "at most 1 MB: set max_payload: 8388608") {
		t.Error(said)
	}
}

// What is not to be kept any more is removed with its stream, and that is as it should be; it can be kept again.
func TestTextsThatAreNotToBeKeptAreRemoved(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("provision")
	if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.SentSubject(far, "ch", "m1-0-0"), Body: &eventv1.Event{}}); err != nil {
		t.Fatal(err)
	}
	for _, sent := range []time.Duration{0, 0, time.Hour, 0, topology.MostSent} {
		if err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Sent: &sent}); err != nil {
			t.Fatal(err)
		}
		if differences, err := provision.Verify(t.Context(), b, topology.Streams([]string{far})...); len(differences) > 0 || err != nil {
			t.Errorf("%s: %v, %v", sent, differences, err)
		}
		switch state, err := b.State(t.Context(), topology.Sent.Name); {
		case (sent == 0) != errors.Is(err, bus.ErrNoStream):
			t.Errorf("%s: %v", sent, err)
		case sent > 0 && (state.MaxAge != sent || state.Messages > 0):
			t.Errorf("%s: %+v", sent, state)
		}
	}
	// a new deployment that keeps nothing
	off, none := time.Duration(0), bustest.StartEmpty(t).Connect("provision")
	if err := provision.Apply(t.Context(), none, []string{far}, provision.Storage{Replicas: 1, Sent: &off}); err != nil {
		t.Error(err)
	}
}

// On which servers a stream is, is the operator's to choose, and so is metadata of names that are not Puente's: it stays so, whatever is
// applied. What a stream is for, and what it holds, is said by each version anew, and nothing is made anew for that.
func TestWhatAnOperatorChoseStays(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	names := []string{topology.Messages.Name, topology.Egress(far).Name, topology.BucketStream + topology.Leases}
	before := map[string]jetstream.StreamConfig{}
	for _, name := range names {
		before[name] = configured(t, b, name)
		c := before[name]
		c.Placement, c.Description = &jetstream.Placement{Tags: []string{"region:eu"}}, ""
		c.Metadata = map[string]string{"team": "support", "puente.earlier": "gone"}
		if _, err := b.JetStream().UpdateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Bytes: 512 << 20}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		c, want := configured(t, b, name), maps.Clone(before[name].Metadata)
		want["team"] = "support"
		if p := c.Placement; p == nil || !slices.Equal(p.Tags, []string{"region:eu"}) {
			t.Errorf("%s is placed by %v", name, p)
		}
		if c.Description != before[name].Description || c.Description == "" {
			t.Errorf("%s has description %q", name, c.Description)
		}
		if diff := cmp.Diff(want, c.Metadata); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
