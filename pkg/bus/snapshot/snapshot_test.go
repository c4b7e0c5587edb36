package snapshot_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/snapshot"
	"github.com/bonychat/puente/pkg/topology"
)

// empty is a broker without a stream.
func empty(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Connect(bustest.StartEmpty(t).URL(), bus.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(context.WithoutCancel(t.Context())) })
	return b
}

// A stream comes back with its sequences and what was removed from it, larger than one piece, also while it is written to.
func TestAStreamComesBackAsItWas(t *testing.T) {
	t.Parallel()
	from := bustest.Start(t, "toy").Connect("test")
	publish := func(i int) {
		body := wrapperspb.String(strings.Repeat(fmt.Sprintf("%08d", i), 2000))
		if _, err := from.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject("toy", "A"), ID: fmt.Sprint(i), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	const stream = "EGRESS_toy"
	for i := range 200 {
		publish(i)
	}
	for _, gone := range []uint64{1, 2, 77} {
		if err := from.Remove(t.Context(), stream, gone); err != nil {
			t.Fatal(err)
		}
	}
	var data bytes.Buffer
	busy := make(chan struct{})
	go func() {
		defer close(busy)
		for i := range 100 {
			publish(1000 + i)
		}
	}()
	s, err := snapshot.Take(t.Context(), from, stream, &data)
	<-busy
	if err != nil || s.Messages < 197 {
		t.Fatalf("%+v, %v", s, err)
	}
	to := empty(t)
	if err := snapshot.Put(t.Context(), to, s, bytes.NewReader(data.Bytes())); err != nil {
		t.Fatal(err)
	}
	for sequence := uint64(1); sequence <= 200; sequence++ {
		want, wantErr := from.At(t.Context(), stream, sequence)
		got, gotErr := to.At(t.Context(), stream, sequence)
		if (wantErr == nil) != (gotErr == nil) {
			t.Fatalf("message %d: %v, want %v", sequence, gotErr, wantErr)
		}
		if wantErr == nil && (!bytes.Equal(got.Data, want.Data) || got.ID() != want.ID() || !got.Stored.Equal(want.Stored)) {
			t.Errorf("message %d is another one", sequence)
		}
	}
	if err := snapshot.Put(t.Context(), to, s, bytes.NewReader(data.Bytes())); err == nil || !strings.Contains(err.Error(), "restore stream EGRESS_toy: ") {
		t.Errorf("over one that is there: %v", err)
	}
	other := empty(t)
	if err := snapshot.Put(t.Context(), other, s, bytes.NewReader(data.Bytes()[:data.Len()/2])); err == nil {
		t.Error("half a snapshot is taken")
	}
	if names, err := snapshot.Names(t.Context(), other); err != nil || len(names) > 0 {
		t.Errorf("half a snapshot leaves %v, %v", names, err)
	}
	if _, err := snapshot.Take(t.Context(), other, stream, &data); err == nil {
		t.Error("a snapshot of nothing is taken")
	}
}

// What moves on while a backup is written has to be found where it went.
func TestStreamsAreTakenInTheOrderInWhichMessagesMove(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	if _, err := b.JetStream().CreateObjectStore(t.Context(), jetstream.ObjectStoreConfig{Bucket: topology.EarlierMedia}); err != nil {
		t.Fatal(err)
	}
	names, err := snapshot.Names(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for _, next := range []string{
		"KV_LEASES", "WEBHOOKS_toy", "MESSAGES", "EGRESS_toy", "OUTCOMES_toy", "EGRESS_bonychat", "OUTCOMES_bonychat", "INDEX", "DEAD", "KV_SECRETS",
	} {
		place := slices.Index(names, next)
		if place <= at {
			t.Errorf("%s is not in its place: %v", next, names)
		}
		at = place
	}
	for _, want := range []string{"JOURNAL", "FILES", "OBJ_MEDIA", "KV_CONTACTS", "KV_REPLIES", "KV_STATE", "KV_CONTEXT", "KV_CHANNELS", "KV_NETWORKS", "OUTCOMES_other"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is left out", want)
		}
	}
	if names[len(names)-1] != "KV_SECRETS" || names[0] != "KV_LEASES" {
		t.Errorf("%v", names)
	}
}
