package inherited

import (
	"slices"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestASubjectKeepsItsOrderWhileItIsInherited: what comes before, while and after what was set aside is read is pushed once, behind it,
// and from then on the reader of the partition has the subject again. An entry is adopted where nobody has begun it.
func TestASubjectKeepsItsOrderWhileItIsInherited(t *testing.T) {
	t.Parallel()
	const before, while = 20, 4 // more than are asked for one by one; some come while what came is read
	b := bustest.Start(t, "testnet").Connect("translator")
	subject := topology.MessageSubject("testnet", "a", "ann")
	publish := func() *bus.Message {
		sequence, err := b.Publish(t.Context(), bus.Post{Subject: subject, Body: &eventv1.Event{}})
		if err != nil {
			t.Fatal(err)
		}
		m, err := b.At(t.Context(), topology.Messages.Name, sequence)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	var want, pushed []uint64
	for range before {
		want = append(want, publish().Sequence)
	}
	var w *Inheritance
	adopted, found := 0, want[before-1]
	come := func() {
		m := publish()
		want = append(want, m.Sequence)
		if !w.Came(m) {
			t.Error("what comes is not behind what was set aside")
		}
	}
	w = New(Partition{
		Bus: b, Stream: topology.Messages.Name, Shard: "MESSAGES-0", Found: found,
		Push: func(m *bus.Message) {
			pushed = append(pushed, m.Sequence)
			if len(pushed)%7 == 1 && len(want) < before+1+while {
				come()
			}
		},
		Adopt: func(string) { adopted++ },
	}, []string{subject})
	come()
	if left := w.Left(); !left[subject] || len(left) != 1 {
		t.Errorf("left to read: %v", left)
	}
	w.Read(t.Context())
	if !slices.Equal(pushed, want) || len(want) != before+1+while || adopted != before {
		t.Errorf("pushed %v, want %v, %d of them; %d adopted", pushed, want, before+1+while, adopted)
	}
	if len(w.Left()) > 0 || w.Came(publish()) {
		t.Error("the subject is not given back")
	}
}
