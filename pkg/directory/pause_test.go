package directory_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

func TestAPauseIsKeptUntilItIsResumedOrOver(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("control")
	since := time.Now().Truncate(time.Second).UTC()
	for _, p := range []directory.Pause{
		{Far: "toy", Channel: "B", Reason: "replaced by the next", By: "eva", Since: since},
		{Far: "toy", Channel: "B", Reason: "token rotation", By: "ana", Since: since},
		{Far: "toy", Channel: "A", Reason: "maintenance", By: "ana", Since: since, Until: since.Add(time.Hour)},
		{Far: topology.Platform, Channel: "A", Reason: "over already", By: "ana", Since: since.Add(-time.Hour), Until: since.Add(-time.Minute)},
	} {
		if err := directory.SetPause(t.Context(), b, p); err != nil {
			t.Fatal(err)
		}
	}
	// neither is a pause that is there
	for _, key := range []string{"pause.toy.C", "state.toy.A"} {
		if err := kv.Open(b, topology.Channels).Put(t.Context(), key, []byte("no JSON")); err != nil {
			t.Fatal(err)
		}
	}
	list := func() []directory.Pause {
		t.Helper()
		all, err := directory.Pauses(t.Context(), s.Connect("control"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	a := directory.Pause{Far: "toy", Channel: "A", Reason: "maintenance", By: "ana", Since: since, Until: since.Add(time.Hour)}
	if diff := cmp.Diff([]directory.Pause{a, {Far: "toy", Channel: "B", Reason: "token rotation", By: "ana", Since: since}}, list()); diff != "" {
		t.Error(diff)
	}
	for channel, want := range map[string]bool{"B": true, "A": true, "C": false, "nowhere": false} {
		was, held, err := directory.Resume(t.Context(), b, "toy", channel)
		if err != nil || held != want || held && was.By != "ana" {
			t.Errorf("resume %s: %v, %t, %v", channel, was, held, err)
		}
	}
	if _, held, err := directory.Resume(t.Context(), b, topology.Platform, "A"); held || err != nil {
		t.Errorf("one that is over was held: %t, %v", held, err)
	}
	if left := list(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAPauseIsBounded(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("control")
	good := directory.Pause{Far: "toy", Channel: "A", Reason: "r", By: "ana", Since: time.Now()}
	for want, spoil := range map[string]func(*directory.Pause){
		"reason: 0 characters, 1 to 200":     func(p *directory.Pause) { p.Reason = "" },
		"reason: 201 characters, 1 to 200":   func(p *directory.Pause) { p.Reason = strings.Repeat("ñ", 201) },
		"by: 101 characters, at most 100":    func(p *directory.Pause) { p.By = strings.Repeat("ñ", 101) },
		"until: it is over before it begins": func(p *directory.Pause) { p.Until = p.Since },
		"channel: it is none":                func(p *directory.Pause) { p.Channel = "a.b" },
	} {
		p := good
		spoil(&p)
		if err := directory.SetPause(t.Context(), b, p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestOnlyThePauseThatIsOverIsRemoved: another one may have been set meanwhile.
func TestOnlyThePauseThatIsOverIsRemoved(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("egress-toy")
	now := time.Now()
	over := directory.Pause{Far: "toy", Channel: "A", Reason: "r", Since: now.Add(-time.Hour), Until: now.Add(-time.Minute)}
	next := directory.Pause{Far: "toy", Channel: "A", Reason: "next", Since: now}
	for _, p := range []directory.Pause{over, next} {
		if err := directory.SetPause(t.Context(), b, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := directory.EndPause(t.Context(), b, over); err != nil {
		t.Fatal(err)
	}
	if all, err := directory.Pauses(t.Context(), b); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if err := directory.SetPause(t.Context(), b, over); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := directory.EndPause(t.Context(), b, over); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "pause.toy.A"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("it is there still: %v", err)
	}
}

func TestPausesAreTold(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	b := s.Connect("control")
	set := func(far, channel, reason string) {
		t.Helper()
		if err := directory.SetPause(t.Context(), b, directory.Pause{Far: far, Channel: channel, Reason: reason}); err != nil {
			t.Fatal(err)
		}
	}
	set("toy", "A", "one")
	set("other", "A", "of another network")
	told := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- directory.WatchPauses(ctx, s.Connect("egress-toy"), "toy", func(channel string, p *directory.Pause) {
			if p == nil {
				p = &directory.Pause{Channel: channel, Reason: "resumed"}
			}
			told <- channel + " " + p.Channel + " " + p.Reason
		}, func() { told <- "synced" })
	}()
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-told:
			if got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("not told: %s", want)
		}
	}
	expect("A A one")
	expect("synced")
	set("toy", "B", "two")
	expect("B B two")
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "pause.toy.B", []byte("no JSON")); err != nil {
		t.Fatal(err)
	}
	expect("B B resumed")
	if _, _, err := directory.Resume(t.Context(), b, "toy", "A"); err != nil {
		t.Fatal(err)
	}
	expect("A A resumed")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
