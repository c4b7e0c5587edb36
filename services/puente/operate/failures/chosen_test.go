package failures

import (
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
)

// Each word that the help offers chooses what it says; any other is refused, with those that there are.
func TestWordsThatChoose(t *testing.T) {
	t.Parallel()
	o := operate.Operator{Output: render.Output{Words: render.In(render.English)}}
	if len(Faults()) < 5 || len(Kinds()) < 4 {
		t.Errorf("%q, %q", Faults(), Kinds())
	}
	for _, word := range Faults() {
		if f, err := filterOf(o, Chosen{Fault: word}); err != nil || render.EnumWord(f.GetFault()) != word {
			t.Errorf("%s chooses %s, %v", word, f.GetFault(), err)
		}
	}
	for _, word := range Kinds() {
		if f, err := filterOf(o, Chosen{Kind: word}); err != nil || render.EnumWord(f.GetKind()) != word {
			t.Errorf("%s chooses %s, %v", word, f.GetKind(), err)
		}
	}
	for _, c := range []Chosen{{Fault: "unspecified"}, {Kind: "nothing"}} {
		_, err := filterOf(o, c)
		if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.Usage || !strings.Contains(e.Text, ", ") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A command that names nothing changes nothing: no bridge is asked, or this one, which is none, would be missed.
func TestWhoNamesNothingChangesNothing(t *testing.T) {
	t.Parallel()
	o := operate.Operator{Output: render.Output{Words: render.In(render.English)}}
	for name, err := range map[string]error{
		"replay nothing":            Replay(t.Context(), o, Chosen{}, ReplayOptions{}),
		"replay all and some":       Replay(t.Context(), o, Chosen{Network: "telegram"}, ReplayOptions{All: true}),
		"replay and wait for hours": Replay(t.Context(), o, Chosen{Network: "telegram"}, ReplayOptions{Wait: MostWait + 1}),
		"discard nothing":           Discard(t.Context(), o, Chosen{}, "test", true, false),
	} {
		if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}
