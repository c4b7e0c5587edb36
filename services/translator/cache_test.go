package translator_test

import (
	"slices"
	"testing"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// changed changes the state of a message as another translator does, behind the back of the one that claimed it.
func (b *bridge) changed(id string, change func(*indexv1.State)) {
	b.t.Helper()
	var s indexv1.State
	revision, err := b.bus.Read(b.t.Context(), topology.StateSubject(custom, id), &s)
	if err != nil {
		b.t.Fatal(err)
	}
	change(&s)
	if _, err := b.bus.Replace(b.t.Context(), topology.StateSubject(custom, id), &s, revision, record.Keep); err != nil {
		b.t.Fatal(err)
	}
}

func TestAStateThatAnotherProcessHasChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		change     func(*indexv1.State)
		generation uint32
		want       []string
	}{
		{name: "raised further", want: nil, change: func(s *indexv1.State) {
			s.Status, s.Parts[0], s.OutcomeSequence = delivered, delivered, 1<<40
		}},
		{name: "sent again under another generation", generation: 1, want: []string{"sent"}, change: func(s *indexv1.State) { s.Generation = 1 }},
		{name: "sent again, and the news is of the first time", want: nil, change: func(s *indexv1.State) { s.Generation = 1 }},
		{name: "voided", want: nil, change: func(s *indexv1.State) { s.Standing = indexv1.Standing_STANDING_VOID }},
		{name: "touched only", want: []string{"sent"}, change: func(s *indexv1.State) { s.Reason = "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newByHand(t)
			m := outbound(custom, "m1", "ann", content.Text("hola"))
			b.handle(10, m)
			b.changed("m1", c.change)
			m.Generation = c.generation
			b.must(b.Outcome(t.Context(), network, 20, outcomeOf(m, eventv1.Result_RESULT_SENT)))
			if told := b.told("m1"); !slices.Equal(told, c.want) {
				t.Errorf("told %v, want %v", told, c.want)
			}
		})
	}
}
