package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

var now = time.Date(2026, time.November, 29, 4, 33, 0, 0, time.FixedZone("", 3600))

// written is an output and what is written to it.
func written(width int, colour bool) (Output, *bytes.Buffer) {
	var b bytes.Buffer
	return Output{Out: &b, Err: &b, Words: In(English), Width: width, Colour: colour, Now: now}, &b
}

func TestDurations(t *testing.T) {
	t.Parallel()
	o, _ := written(0, false)
	for d, want := range map[time.Duration]string{
		-time.Second: "0 ms", 0: "0 ms", 850 * time.Millisecond: "850 ms", 1234 * time.Millisecond: "1.2 s", 4 * time.Second: "4 s", 40 * time.Second: "40 s",
		time.Minute: "1 m", 61 * time.Second: "1 m 1 s", 2*time.Hour + 13*time.Minute + 59*time.Second: "2 h 13 m", 24 * time.Hour: "1 d", 76 * time.Hour: "3 d 4 h",
	} {
		if got := o.Took(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	o, _ := written(0, false)
	for at, want := range map[time.Time]string{
		now: "04:33:00", now.Add(-5 * time.Hour): "28 Nov 23:33:00", now.AddDate(-1, 0, 0): "2025-11-29 04:33:00", now.UTC(): "04:33:00",
	} {
		if got := o.Clock(timestamppb.New(at)); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	if o.Clock(nil)+o.Since(nil)+o.Until(nil)+o.Between(nil, timestamppb.New(now)) != "" {
		t.Error("a time that is not known is shown")
	}
}

// A table is as wide as a terminal allows: what can be spared goes, what is long is broken beside or below.
func TestTables(t *testing.T) {
	t.Parallel()
	long := "one two three four five six seven eight nine ten"
	table := func() Table {
		t := Table{Columns: []Column{{Head: "a"}, {Head: "none"}, {Head: "spare", Spare: 1}, {Head: "n", Right: true}, {Head: "why"}}}
		t.Add("x", "", "12345678901234567890", "7", long)
		t.Add("ñandú", "", "", "1000", "short")
		return t
	}
	for width, want := range map[int]string{
		0:  "A      SPARE                    N  WHY\nx      12345678901234567890     7  one two three four five six seven eight nine ten\nñandú                        1000  short\n",
		75: "A      SPARE                    N  WHY\nx      12345678901234567890     7  one two three four five six seven eight\n                                   nine ten\nñandú                        1000  short\n",
		50: "A      SPARE                    N  WHY\nx      12345678901234567890     7\n    one two three four five six seven eight nine\n    ten\nñandú                        1000  short\n",
		30: "A         N  WHY\nx         7\n    one two three four five\n    six seven eight nine ten\nñandú  1000  short\n",
	} {
		o, b := written(width, false)
		o.Table(table())
		if d := cmp.Diff(want, b.String()); d != "" {
			t.Errorf("%d columns (-want +got):\n%s", width, d)
		}
		o.Colour = true
		b.Reset()
		coloured := table()
		coloured.Columns[3].Colour = func(string) Colour { return Red }
		o.Table(coloured)
		plain := strings.NewReplacer(string(Red), "", string(Faint), "", "\x1b[0m", "").Replace(b.String())
		if d := cmp.Diff(want, plain); d != "" || b.String() == plain {
			t.Errorf("%d columns, in colours (-want +got):\n%s", width, d)
		}
	}
	o, b := written(0, false)
	o.Table(Table{Columns: []Column{{Head: "a"}}})
	if b.Len() > 0 {
		t.Errorf("no rows: %q", b)
	}
}

// What a stranger wrote commands no terminal, wherever it is shown.
func TestNothingCommandsATerminal(t *testing.T) {
	t.Parallel()
	o, b := written(40, true)
	evil := "a\x1b[2Jb\x00\u009bc\u202ed"
	o.Line("%s", evil)
	o.Note("%s", evil)
	o.Line("%s", o.Mark(Red, evil))
	o.Pairs(Pair{evil, evil + strings.Repeat(" word", 20)})
	table := Table{Columns: []Column{{Head: "x"}, {Head: "y", Colour: func(string) Colour { return Red }}}}
	table.Add(evil, evil)
	o.Table(table)
	for _, bad := range []string{"\x1b[2J", "\x00", "\u009b", "\u202e"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q is written: %q", bad, b)
		}
	}
	if !strings.Contains(b.String(), "a\ufffd[2Jb") {
		t.Errorf("%q", b)
	}
}

// The shape of JSON: every field is there, whatever is not known.
func TestRecords(t *testing.T) {
	t.Parallel()
	o, b := written(0, false)
	if err := o.Record(&controlv1.Message{
		Id: "m1", State: controlv1.State_STATE_FAILED_BY_RECEIPT, Direction: controlv1.Direction_DIRECTION_OUT, Ends: timestamppb.New(now),
		Why:  &reasonv1.Reason{Code: "puente.expired", Fault: reasonv1.Fault_FAULT_NETWORK, Params: map[string]string{"n": "<1>"}},
		Hops: []*controlv1.Hop{{Hop: "sent", Attempts: 2, Service: "egress-telegram", Time: timestamppb.New(now.Add(time.Millisecond))}},
	}); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.String(), "\n") != 1 || strings.Contains(b.String(), `\u003c`) {
		t.Errorf("not a line: %s", b)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"id": "m1", "generation": 0.0, "direction": "out", "network": "", "channel": "", "contact": "", "state": "failed_by_receipt",
		"why":    map[string]any{"code": "puente.expired", "fault": "network", "params": map[string]any{"n": "<1>"}, "en": "", "es": ""},
		"behind": "", "position": 0.0, "lane": 0.0, "next_try": nil, "ends": "2026-11-29T03:33:00Z", "accepted_at": nil, "state_at": nil, "parts": 0.0,
		"trace_id": "", "trace_url": "", "live": false, "contact_key": "", "sent_at": nil,
		"hops": []any{map[string]any{
			"time": "2026-11-29T03:33:00.001Z", "hop": "sent", "service": "egress-telegram", "reason": nil, "part": 0.0, "attempts": 2.0, "generation": 0.0,
			"next_try": nil, "holds": []any{}, "id": "", "network": "", "channel": "", "by_receipt": false, "direction": nil,
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("where -o json has another shape (-want +got):\n%s", d)
	}
	b.Reset()
	if err := o.Record(&controlv1.PauseChannelRequest{For: durationpb.New(90 * time.Second)}); err != nil || !strings.Contains(b.String(), `"for":90`) {
		t.Errorf("%s, %v", b, err)
	}
	b.Reset()
	if err := o.Record(&controlv1.ApplyRequest{Config: []byte{1, 2}}); err != nil || !strings.Contains(b.String(), `"config":"AQI="`) {
		t.Errorf("%s, %v", b, err)
	}
	b.Reset()
	if err := o.Record(&controlv1.Message{State: 99}); err != nil || !strings.Contains(b.String(), `"state":"99"`) {
		t.Errorf("a state of a newer bridge: %s, %v", b, err)
	}
}

func TestProgressIsForPeopleAlone(t *testing.T) {
	t.Parallel()
	o, b := written(0, false)
	o.Progress("%d", 1)
	if b.Len() > 0 {
		t.Errorf("%q", b)
	}
	o.Live = true
	o.Progress("%d", 1)
	if !strings.HasPrefix(b.String(), "\r") {
		t.Errorf("%q", b)
	}
}
