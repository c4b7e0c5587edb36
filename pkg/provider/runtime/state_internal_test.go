package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/webhook"
)

func TestStateIsWrittenByCompareAndSet(t *testing.T) {
	s := bustest.Start(t, "courier")
	one := (&runner{env: Environment{Bus: s.Connect("egress-courier")}}).state("courier", "A")
	two := (&runner{env: Environment{Bus: s.Connect("egress-courier")}}).state("courier", "A")
	for name, of := range map[string][2]provider.Values{"channel": {one, two}, "contact": {one.Contact("17"), two.Contact("17")}} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if v, r, err := of[0].Get(ctx, "k"); v != nil || r != 0 || err != nil {
				t.Fatalf("%q, %d, %v", v, r, err)
			}
			first, err := of[0].Put(ctx, "k", []byte("a"), 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := of[1].Put(ctx, "k", []byte("b"), 0); !errors.Is(err, provider.ErrStateChanged) {
				t.Errorf("written as if nothing were there: %v", err)
			}
			// another value of the same owner is nobody's conflict
			if _, err := of[1].Put(ctx, "other", []byte("x"), 0); err != nil {
				t.Error(err)
			}
			second, err := of[1].Put(ctx, "k", []byte("b"), first)
			if err != nil || second <= first {
				t.Fatalf("%d after %d: %v", second, first, err)
			}
			if _, err := of[0].Put(ctx, "k", []byte("c"), first); !errors.Is(err, provider.ErrStateChanged) {
				t.Errorf("written at an old revision: %v", err)
			}
			if v, r, err := of[0].Get(ctx, "k"); string(v) != "b" || r != second || err != nil {
				t.Errorf("%q, %d, %v", v, r, err)
			}
			for _, key := range []string{"k", "other"} {
				_, r, _ := of[0].Get(ctx, key)
				if _, err := of[0].Put(ctx, key, nil, r); err != nil {
					t.Errorf("%s is not taken out: %v", key, err)
				}
				if v, r, err := of[1].Get(ctx, key); v != nil || r != 0 || err != nil {
					t.Errorf("%s is left: %q, %d, %v", key, v, r, err)
				}
			}
			third, err := of[0].Put(ctx, "k", []byte("d"), 0)
			if err != nil || third <= second {
				t.Errorf("a revision that was given before: %d after %d, %v", third, second, err)
			}
		})
	}
}

func TestStateHasBounds(t *testing.T) {
	s := bustest.Start(t, "courier")
	state := (&runner{env: Environment{Bus: s.Connect("egress-courier")}}).state("courier", "A")
	for name, of := range map[string]struct {
		provider.Values
		provider.StateBounds
	}{"channel": {state, provider.ChannelState}, "contact": {state.Contact("17"), provider.ContactState}} {
		t.Run(name, func(t *testing.T) {
			put := func(key, value string) error {
				_, err := of.Put(t.Context(), key, []byte(value), 0)
				return err
			}
			for i := range of.StateBounds.Values {
				if err := put(fmt.Sprintf("%0*d", of.Key, i), strings.Repeat("v", of.Value)); err != nil {
					t.Fatalf("value %d of the largest size: %v", i+1, err)
				}
			}
			for want, err := range map[error]error{
				provider.ErrStateValues: put("more", "v"), provider.ErrStateValue: put("k", strings.Repeat("v", of.Value+1)),
				provider.ErrStateKey: errors.Join(put("", "v"), put(strings.Repeat("k", of.Key+1), "v")),
			} {
				if !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
			}
		})
	}
}

// A channel that is removed, or moved to another network, loses what was kept of it and of its contacts; the others keep theirs.
func TestARemovedChannelLosesItsState(t *testing.T) {
	s := bustest.Start(t, "courier", "other")
	b := s.Connect("puente")
	entry := func(network, id string) directory.Entry {
		return directory.Entry{Channel: directory.Channel{ID: id, Network: network, ContactID: "custom"}, Account: []byte(`{}`), Platform: []byte(`{}`)}
	}
	fill := func(entries ...directory.Entry) {
		t.Helper()
		if err := directory.Fill(t.Context(), b, entries); err != nil {
			t.Fatal(err)
		}
	}
	run := &runner{env: Environment{Bus: s.Connect("egress-courier")}}
	fill(entry("courier", "A"), entry("courier", "B"), entry("courier", "C"))
	for _, id := range []string{"A", "B", "C"} {
		for _, of := range []provider.Values{run.state("courier", id), run.state("courier", id).Contact("17")} {
			if _, err := of.Put(t.Context(), "k", []byte(id), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(entry("courier", "A"), entry("other", "C"))
	for id, want := range map[string]string{"A": "A", "B": "", "C": ""} {
		for _, of := range []provider.Values{run.state("courier", id), run.state("courier", id).Contact("17")} {
			if v, _, err := of.Get(t.Context(), "k"); string(v) != want || err != nil {
				t.Errorf("channel %s has %q, %v", id, v, err)
			}
		}
	}
	// a process that had not heard of it yet
	if _, err := run.state("courier", "B").Put(t.Context(), "k", []byte("late"), 0); err != nil {
		t.Fatal(err)
	}
	fill(entry("courier", "A"))
	if v, _, err := run.state("courier", "B").Get(t.Context(), "k"); v != nil || err != nil {
		t.Errorf("%q, %v", v, err)
	}
}

// What an event says of a contact is kept as it was said last, under each of its addresses, whatever comes again.
func TestWhatAnEventKeepsIsWhatWasSaidLast(t *testing.T) {
	var logged strings.Builder
	run := &runner{env: Environment{Bus: bustest.Start(t, "courier").Connect("egress-courier"), Log: slog.New(slog.NewTextHandler(&logged, nil))}}
	c := &channel{Channel: directory.Channel{Network: "courier", ID: "A"}}
	noon := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	event := func(at time.Time) provider.Event {
		return provider.MessageEvent("1", &messagev1.Contact{Address: "17", Aliases: []string{"0017"}}, content.Text("hello")).WithTime(at)
	}
	keep := func(e provider.Event) {
		t.Helper()
		if err := run.keepState(t.Context(), c, webhook.Call{AcceptedAt: noon.Add(time.Hour)}, e); err != nil {
			t.Fatal(err)
		}
	}
	want := func(text string) {
		t.Helper()
		for _, address := range []string{"17", "0017"} {
			if v, _, err := run.state("courier", "A").Contact(address).Get(t.Context(), "thread"); string(v) != text || err != nil {
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
