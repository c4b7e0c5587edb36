package system

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Every channel is counted: one that no process could say anything of is not taken for well.
func TestEveryChannelIsCounted(t *testing.T) {
	t.Parallel()
	o := operate.Operator{Output: render.Output{Words: render.In(render.English)}}
	for want, a := range map[string]*controlv1.StatusResponse{
		"1 channel: 1 ok":                          {Channels: 1, Ok: 1},
		"4 channels: 1 ok, 1 suspended, 2 unknown": {Channels: 4, Ok: 1, Suspended: 1},
		"0 channels":                               {},
	} {
		if got := summary(o, a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for part, want := range map[float64]string{0: "0", 0.001: "< 1", 0.034: "3", 1: "100"} {
		if got := percent(part); got != want {
			t.Errorf("%v: %s, want %s", part, got, want)
		}
	}
}

// A plugin's answer is one line, and what stands behind its first | is for machines: a text with either would be misread.
func TestAPluginAnswersInOneLine(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := NotAnswered(&b, errors.New("no | answer\nat all"))
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != nagiosUnknown {
		t.Error(err)
	}
	if strings.Count(b.String(), "\n") != 1 || strings.Contains(b.String(), "|") || !strings.HasPrefix(b.String(), "PUENTE UNKNOWN - ") {
		t.Errorf("%q", b.String())
	}
}
