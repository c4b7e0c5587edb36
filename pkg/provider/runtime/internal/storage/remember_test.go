package storage

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

// What an event says of a contact is kept as it was said last, under each of its addresses, whatever comes again.
func TestWhatAnEventKeepsIsWhatWasSaidLast(t *testing.T) {
	var logged strings.Builder
	log := slog.New(slog.NewTextHandler(&logged, nil))
	c := Channel{bustest.Start(t, "courier").Connect("egress-courier"), "courier", "A"}
	noon := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	event := func(at time.Time) provider.Event {
		return provider.MessageEvent("1", &messagev1.Contact{Address: "17", Aliases: []string{"0017"}}, content.Text("hello")).WithTime(at)
	}
	keep := func(e provider.Event) {
		t.Helper()
		if err := Remember(t.Context(), log, c, e, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(text string) {
		t.Helper()
		for _, address := range []string{"17", "0017"} {
			if v, _, err := NewState(c).Contact(address).Get(t.Context(), "thread"); string(v) != text || err != nil {
				t.Errorf("%q, %v; want %q", v, err, text)
			}
		}
	}
	keep(event(noon).WithState("thread", "one"))
	keep(event(noon.Add(time.Minute)).WithState("thread", "two"))
	keep(event(noon).WithState("thread", "one")) // it comes again
	want("two")
	keep(event(time.Time{}).WithState("thread", "three")) // as of when the call came
	keep(event(noon.Add(time.Minute)).WithState("thread", "two"))
	want("three")
	// a clock that is years ahead holds back nothing
	keep(event(noon.AddDate(90, 0, 0)).WithState("thread", "four"))
	keep(event(noon.Add(2*time.Hour)).WithState("thread", "five"))
	want("five")
	keep(event(time.Time{}).WithState("thread", strings.Repeat("x", provider.ContactState.Value+1)))
	want("five")
	if !strings.Contains(logged.String(), "is not kept") || strings.Contains(logged.String(), "xxx") {
		t.Error(logged.String())
	}
}
