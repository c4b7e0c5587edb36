package changes

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/running"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what       Difference
		some       bool
		text, json string
	}{
		{Difference{}, false, render.In(render.English).File.Same + "\n", `{"added":[],"changed":[],"removed":[],"streams":[]}` + "\n"},
		{Difference{Streams: []string{"stream DEAD: is not there"}}, true, "stream DEAD: is not there\n", `{"added":[],"changed":[],"removed":[],"streams":["stream DEAD: is not there"]}` + "\n"},
		{Difference{Removed: []string{"a", "b"}}, true, "removed  a, b\n", `{"added":[],"changed":[],"removed":["a","b"],"streams":[]}` + "\n"},
	} {
		for machine, want := range map[bool]string{false: c.text, true: c.json} {
			var b bytes.Buffer
			some, err := Differences(render.Output{Out: &b, Words: render.In(render.English), JSON: machine}, c.what)
			if err != nil || some != c.some || b.String() != want {
				t.Errorf("%+v: %v, %v, %q, want %q", c.what, some, err, b.String(), want)
			}
		}
	}
}

// A bridge without a file, such as the demonstration, is told nothing: a signal would end what does not listen for it.
func TestABridgeWithoutAFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	words := render.In(render.English)
	err := Reload(t.Context(), running.Bridge{Data: "data", PID: 1 << 30}, render.Output{Words: words})
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.Failed || e.Text != fmt.Sprintf(words.File.NoFile, "data") {
		t.Error(err)
	}
}

// Mistakes in the file are what a reload ends with, and nothing is written as if it had been taken up.
func TestMistakesInTheFile(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := reread(running.Bridge{File: "puente.yaml", Read: &running.Reading{Number: 1, Mistakes: []string{"line 3: no such network"}}}, render.Output{Out: &b, Words: render.In(render.English)})
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.Failed || !strings.Contains(e.Text, "line 3: no such network") || b.Len() > 0 {
		t.Errorf("%v, %q", err, b.String())
	}
}
