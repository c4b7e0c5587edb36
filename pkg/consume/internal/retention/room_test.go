package retention_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume/internal/retention"
	"github.com/bonychat/puente/pkg/topology"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

const network = "testnet"

// small starts a broker with the smallest store.
func small(t *testing.T) (*bustest.Server, *bus.Bus) {
	t.Helper()
	s := bustest.Start(t, network)
	b := s.Connect("translator")
	if err := provision.Apply(t.Context(), b, []string{network}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	return s, b
}

// fill publishes to a stream until it is full. last is its last entry.
func fill(t *testing.T, b *bus.Bus, subject string) (last uint64) {
	t.Helper()
	for n := range 100_000 {
		sequence, err := b.Publish(t.Context(), call(subject, n))
		if errors.Is(err, bus.ErrNoRoom) {
			return last
		}
		if err != nil {
			t.Fatal(err)
		}
		last = sequence
	}
	t.Fatalf("%s never got full", subject)
	return 0
}

func call(subject string, n int) bus.Post {
	return bus.Post{Subject: subject, ID: fmt.Sprint(n), Body: &webhookv1.Call{Network: network, Body: make([]byte, 100<<10)}}
}

func held(t *testing.T, b *bus.Bus, stream string) uint64 {
	t.Helper()
	state, err := b.State(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return state.Messages
}

// TestFinishedCallsMakeRoomAtOnce: a stream that was filled within seconds takes new calls as soon as the old ones are handled, and
// keeps what is not.
func TestFinishedCallsMakeRoomAtOnce(t *testing.T) {
	t.Parallel()
	stream, subject := topology.Webhooks(network).Name, topology.WebhookSubject(network, "a")
	_, b := small(t)
	r := retention.Retention{Bus: b, Stream: stream, Filter: topology.Webhooks(network).Subjects[0]}
	r.Tick(t.Context(), 0)
	last := fill(t, b, subject)
	r.Tick(t.Context(), 0)
	if got := held(t, b, stream); got != last {
		t.Fatalf("%d of %d are left, and none is finished", got, last)
	}
	const unfinished = 3
	for range 4 { // it was not full when it was looked first, nor is it seen at once that it is
		time.Sleep(1100 * time.Millisecond)
		r.Tick(t.Context(), last-unfinished)
	}
	if got := held(t, b, stream); got != unfinished {
		t.Fatalf("%d are left, %d are not finished", got, unfinished)
	}
	bustest.Publish(t, b, call(subject, int(last)+1))
}

// TestWhatABrokerForgotToPurgeIsPurgedAgain: one that lost its power may hold again what it has purged.
func TestWhatABrokerForgotToPurgeIsPurgedAgain(t *testing.T) {
	t.Parallel()
	stream, subject := topology.Webhooks(network).Name, topology.WebhookSubject(network, "a")
	s, b := small(t)
	r := retention.Retention{Bus: b, Stream: stream, Filter: topology.Webhooks(network).Subjects[0]}
	var last uint64
	for _, what := range []string{"what is finished is purged", "and again"} {
		last = fill(t, b, subject)
		bustest.Eventually(t, what, func() bool {
			r.Tick(t.Context(), last)
			return held(t, b, stream) == 0
		})
		s.Remake(stream)
	}
}

// TestAnOutcomeThatMayBeNeededStays: whoever takes over a message looks up its outcome, however full the stream is.
func TestAnOutcomeThatMayBeNeededStays(t *testing.T) {
	t.Parallel()
	stream, subject := topology.Outcomes(network).Name, topology.OutcomeSubject(network, "a", "m1-0")
	_, b := small(t)
	last := fill(t, b, subject)
	bustest.Publish(t, b, call(topology.EgressSubject(network, "a"), 1))
	r := retention.Retention{Bus: b, Stream: stream, Filter: topology.Outcomes(network).Subjects[0]}
	for range 5 {
		r.Tick(t.Context(), last)
	}
	if got := held(t, b, stream); got != last {
		t.Errorf("%d of %d are left", got, last)
	}
}
