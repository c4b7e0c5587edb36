package deadletter_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// The parts of a message go together or not at all, and those that were sent are not sent again.
func TestUnsentPartsGoTogether(t *testing.T) {
	t.Parallel()
	m := newMorgue(t, "m1-0-1")
	m.send("m1", 3)
	letters := m.letters(2)
	if groups := deadletter.Group(letters); len(groups) != 1 {
		t.Fatalf("%d groups: %v", len(groups), groups)
	}
	if _, err := deadletter.Replay(t.Context(), m.bus, letters[:1]); !errors.Is(err, deadletter.ErrUnfinished) {
		t.Fatalf("one of two: %v", err)
	}
	m.letters(2)
	m.replay([]deadletter.Letter{letters[1], letters[0]}, true)
	m.took("m1-0-0", "m1-1-1", "m1-1-2")
	s := m.state("m1")
	if s.ReplayedAt == nil {
		t.Error("the state does not say when")
	}
	s.ReplayedAt = nil
	want := &indexv1.State{
		Sequence: 1, Standing: indexv1.Standing_STANDING_TAKEN, Generation: 1, Parts: make([]eventv1.Status, 3), PartGenerations: []uint32{0, 1, 1},
		Network: far, Address: "ana",
	}
	if diff := cmp.Diff(want, s, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// bury stores a dead letter as a service does, for the event that is at this sequence of its stream.
func (m *morgue) bury(service, subject, key string, sequence uint64, body []byte) deadletter.Letter {
	m.t.Helper()
	if _, err := m.bus.Publish(m.t.Context(), bus.Post{Subject: topology.DeadSubject(service, far, channel), Body: &eventv1.DeadLetter{
		Service: service, Network: far, Channel: channel, Subject: subject, Key: key, Reason: "why", Body: body, At: timestamppb.Now(), Sequence: sequence,
	}}); err != nil {
		m.t.Fatal(err)
	}
	letters, _, err := deadletter.List(m.t.Context(), m.bus, deadletter.Query{Limit: 1000})
	if err != nil {
		m.t.Fatal(err)
	}
	return letters[len(letters)-1]
}
