package journey

import (
	"fmt"
	"html/template"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/terms"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

var (
	now  = time.Date(2026, time.November, 29, 4, 33, 0, 0, time.UTC)
	told = &reasonv1.Reason{Code: "puente.told", En: "told to wait 40s", Es: "pidió esperar 40s", Params: map[string]string{"after": "40s"}}
)

// at is a time before now.
func at(before time.Duration) *timestamppb.Timestamp { return timestamppb.New(now.Add(-before)) }

func hop(what string, before time.Duration, change ...func(*controlv1.Hop)) *controlv1.Hop {
	h := &controlv1.Hop{Hop: what, Time: at(before), Service: "egress-telegram"}
	for _, c := range change {
		c(h)
	}
	return h
}

func part(n uint32) func(*controlv1.Hop) { return func(h *controlv1.Hop) { h.Part = n } }

// drawn is a view as lines, short enough to be compared.
func drawn(v View) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.Mood+"|"+v.Summary+"|"+v.Next)
	for _, h := range v.Held {
		fmt.Fprintln(&b, "held "+h.Took+": "+h.Why)
	}
	for _, r := range v.Rounds {
		if r.Title != "" {
			fmt.Fprintln(&b, "# "+r.Title)
		}
		for _, row := range r.Rows {
			if row.Title != "" {
				fmt.Fprintln(&b, "- "+row.Title)
			}
			for _, s := range row.Steps {
				kind := "."
				if s.Wait {
					kind = "~"
				}
				fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%s %s %s%s %s %s %s", kind, s.What, s.Took, s.After, s.Why, s.Behind, s.Note), " "))
			}
		}
	}
	return b.String()
}

func TestDraw(t *testing.T) {
	t.Parallel()
	begun := []*controlv1.Hop{hop("accepted", 10*time.Second), hop("routed", 9900*time.Millisecond)}
	for _, test := range []struct {
		name string
		m    *controlv1.Message
		want string
	}{
		{"waits behind another", &controlv1.Message{
			State: controlv1.State_STATE_WAITING, Why: told, Behind: "01a2ffff9999", Position: 2, Lane: 3, NextTry: at(-5 * time.Second), Ends: at(-time.Hour), Live: true,
			AcceptedAt: at(10 * time.Second), Parts: 1, Hops: begun,
		}, `warn|waits behind another message of the same contact (place 2 of 3): told to wait 40 s|It is tried at 04:33:05, in 5 s. It expires at 05:33:00, in 1 h, if it cannot be sent by then.
held 9.9 s: told to wait 40 s
. accepted
~  100 ms
. on its way +100 ms
~ waits 9.9 s told to wait 40 s 01a2ffff9999 (place 2 of 3)
. now +10 s
. tried    in 5 s
. expires    in 1 h
`},
		{"was told to wait, then sent and read", &controlv1.Message{
			State: controlv1.State_STATE_READ, AcceptedAt: at(10 * time.Second), StateAt: at(time.Second), Parts: 1,
			Hops: append(begun[:2:2], hop("waiting", 8*time.Second, func(h *controlv1.Hop) { h.Reason = told }), hop("sent", 4*time.Second, func(h *controlv1.Hop) { h.Attempts = 2 }),
				hop("sent", 3*time.Second), hop("read", time.Second)),
		}, `good|read|Nothing more is to come.
held 4 s: told to wait 40 s
. accepted
~  100 ms
. on its way +100 ms
~  1.9 s
. not taken +2 s told to wait 40 s
~ waited 4 s told to wait 40 s
. sent +6 s   try 2; a receipt (04:32:57.000) says so too
~  3 s
. read +9 s
`},
		{"held before it was tried", &controlv1.Message{
			State: controlv1.State_STATE_SENT, AcceptedAt: at(10 * time.Second), StateAt: at(time.Second), Parts: 1,
			Hops: append(begun[:2:2], hop("sent", time.Second, func(h *controlv1.Hop) {
				h.Attempts = 1
				h.Holds = []*controlv1.Hold{{Why: told, Since: at(9 * time.Second), Until: at(2 * time.Second), Behind: "01a2"}}
			})),
		}, `good|sent|Nothing is left to do; the network may still say that it was delivered or read.
held 7 s: told to wait 40 s
. accepted
~  100 ms
. on its way +100 ms
~  900 ms
~ waited 7 s told to wait 40 s 01a2
~  1 s
. sent +9 s
`},
		{"two parts, brought back once", &controlv1.Message{
			State: controlv1.State_STATE_FAILED, Why: told, AcceptedAt: at(10 * time.Second), StateAt: at(time.Second), Parts: 2, Generation: 1,
			Hops: append(begun[:2:2], hop("failed", 8*time.Second, part(1)),
				hop("replayed", 5*time.Second, func(h *controlv1.Hop) { h.Generation = 1 }),
				hop("sent", 4*time.Second, func(h *controlv1.Hop) { h.Generation, h.Attempts = 1, 1 }),
				hop("failed", time.Second, func(h *controlv1.Hop) { h.Generation, h.Part, h.ByReceipt = 1, 1, true })),
		}, `bad|failed: told to wait 40 s|It is kept among the failures, and can be sent again.
# brought back, time 1
- whole message
. replayed +5 s
- part 1 of 2
. sent +6 s
- part 2 of 2
. failed by receipt +9 s
# the first time
- whole message
. accepted
~  100 ms
. on its way +100 ms
- part 2 of 2
. failed +2 s
`},
		{"nothing is known", &controlv1.Message{}, "|unknown|Nothing more is to come.\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.m.Network = "telegram"
			if got := drawn(Draw(test.m, Options{Language: terms.English, Now: now})); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// What is drawn holds no style and no script, and nothing of a stranger's text is taken for a tag.
func TestWhatIsDrawnIsPlain(t *testing.T) {
	t.Parallel()
	page := template.Must(Parse(template.New("page")))
	m := &controlv1.Message{
		State: controlv1.State_STATE_WAITING, Why: &reasonv1.Reason{Es: "<script>alert(1)</script>"}, Behind: "01a2ffff9999", AcceptedAt: at(time.Minute), Live: true, Parts: 1,
		Hops: []*controlv1.Hop{hop("accepted", time.Minute), hop("<b>", time.Second)},
	}
	v := Draw(m, Options{Language: terms.Spanish, Now: now, Href: func(id string) string { return "/console/m/" + id }})
	var out strings.Builder
	if err := page.ExecuteTemplate(&out, "journey", v); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "style=", "<b>.", "onclick"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q in\n%s", bad, out.String())
		}
	}
	for _, want := range []string{`href="/console/m/01a2ffff9999"`, "01a2ffff9999…", "&lt;script&gt;", `class="jy-wait jy-warn jy-grow3"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// The scale is as wide as the whole time, and no stretch leaves it.
func TestTheScaleIsInProportion(t *testing.T) {
	t.Parallel()
	m := &controlv1.Message{
		State: controlv1.State_STATE_SENT, AcceptedAt: at(10 * time.Second), StateAt: at(0), Parts: 1,
		Hops: []*controlv1.Hop{hop("accepted", 10*time.Second), hop("sent", 0, func(h *controlv1.Hop) {
			h.Holds = []*controlv1.Hold{{Why: told, Since: at(8 * time.Second), Until: at(3 * time.Second)}, {Why: told, Since: at(time.Hour), Until: at(9 * time.Second)}}
		})},
	}
	scale := Draw(m, Options{Language: terms.English, Now: now}).Scale
	if scale[0].Width != ScaleWidth || scale[1].X != 200 || scale[1].Width != 500 || scale[2].X != 0 || scale[2].Width != 100 {
		t.Errorf("%+v", scale)
	}
	for _, s := range scale {
		if s.X < 0 || s.X+s.Width > ScaleWidth {
			t.Errorf("%+v leaves the scale", s)
		}
	}
}

func TestBothLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	en, es := reflect.ValueOf(english), reflect.ValueOf(spanish)
	var compare func(a, b reflect.Value, place string)
	compare = func(a, b reflect.Value, place string) {
		if a.Kind() == reflect.Struct {
			for i := range a.NumField() {
				compare(a.Field(i), b.Field(i), place+"."+a.Type().Field(i).Name)
			}
			return
		}
		if a.String() == "" || b.String() == "" || strings.Count(a.String(), "%") != strings.Count(b.String(), "%") {
			t.Errorf("%s: %q, %q", place, a, b)
		}
	}
	compare(en, es, "")
}
