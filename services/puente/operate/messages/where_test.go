package messages

import (
	"testing"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Which part a hop is of is told where the message has several, and of hops that each part has; tries, from the second.
func TestWhatIsToldOfAHop(t *testing.T) {
	t.Parallel()
	o := operate.Operator{Output: render.Output{Words: render.In(render.English)}}
	for name, c := range map[string]struct {
		hop   *controlv1.Hop
		parts uint32
		want  string
	}{
		"one part":        {&controlv1.Hop{Hop: "sent", Attempts: 1}, 1, ""},
		"second of three": {&controlv1.Hop{Hop: "sent", Part: 1, Attempts: 2}, 3, "part 2 of 3; try 2"},
		"of the whole":    {&controlv1.Hop{Hop: "accepted"}, 3, ""},
	} {
		if got := hopWhy(o, journey.Line{Hop: c.hop}, c.parts); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := hopWord(o, &controlv1.Hop{Hop: "failed", ByReceipt: true}); got == hopWord(o, &controlv1.Hop{Hop: "failed"}) {
		t.Errorf("that a receipt told of it is not said: %q", got)
	}
}
