package retention_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume/internal/retention"
	"github.com/bonychat/puente/pkg/topology"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

const network = "testnet"

// full starts a broker with the smallest store, and fills a stream of it. last is its last entry.
func full(t *testing.T, stream, subject string) (b *bus.Bus, last uint64) {
	t.Helper()
	b = bustest.Start(t, network).Connect("translator")
	if err := provision.Apply(t.Context(), b, []string{network}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	for n := range 100_000 {
		sequence, err := b.Publish(t.Context(), call(subject, n))
		if errors.Is(err, bus.ErrNoRoom) {
			return b, last
		}
		if err != nil {
			t.Fatal(err)
		}
		last = sequence
	}
	t.Fatalf("%s never got full", stream)
	return nil, 0
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
	b, last := full(t, stream, subject)
	r := retention.Retention{Bus: b, Stream: stream, Filter: topology.Webhooks(network).Subjects[0]}
	r.Tick(t.Context(), 0)
	if got := held(t, b, stream); got != last {
		t.Fatalf("%d of %d are left, and none is finished", got, last)
	}
	const unfinished = 3
	bustest.Eventually(t, "what is finished goes, and the rest stays", func() bool {
		r.Tick(t.Context(), last-unfinished)
		return held(t, b, stream) == unfinished
	})
	bustest.Publish(t, b, call(subject, int(last)+1))
}

// TestAnOutcomeThatMayBeNeededStays: whoever takes over a message looks up its outcome, however full the stream is.
func TestAnOutcomeThatMayBeNeededStays(t *testing.T) {
	t.Parallel()
	stream, subject := topology.Outcomes(network).Name, topology.OutcomeSubject(network, "a", "m1-0")
	b, last := full(t, stream, subject)
	bustest.Publish(t, b, call(topology.EgressSubject(network, "a"), 1))
	r := retention.Retention{Bus: b, Stream: stream, Filter: topology.Outcomes(network).Subjects[0]}
	for range 5 {
		r.Tick(t.Context(), last)
	}
	if got := held(t, b, stream); got != last {
		t.Errorf("%d of %d are left", got, last)
	}
}
