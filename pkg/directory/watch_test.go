package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

// watching is what a watch told, one after the other. It is stopped with the test.
func watching(t *testing.T, b *bus.Bus, far string) <-chan []directory.Entry {
	t.Helper()
	told := make(chan []directory.Entry, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- directory.Watch(ctx, b, far, func(e []directory.Entry) { told <- e }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return told
}

// next is what is told next.
func next(t *testing.T, told <-chan []directory.Entry) []directory.Entry {
	t.Helper()
	select {
	case e := <-told:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is told")
		return nil
	}
}

// until reads what is told until it is this, and fails where it never is.
func until(t *testing.T, told <-chan []directory.Entry, want ...directory.Entry) {
	t.Helper()
	limit := time.After(30 * time.Second)
	var got []directory.Entry
	for {
		select {
		case got = <-told:
			if cmp.Equal(got, want) {
				return
			}
		case <-limit:
			t.Fatalf("never told:\n%s", cmp.Diff(want, got))
		}
	}
}

func without(e directory.Entry, account, platform bool) directory.Entry {
	if account {
		e.Account = nil
	}
	if platform {
		e.Platform = nil
	}
	return e
}

func TestAWatchTellsEachFarEndItsOwn(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	a, c := entry("A", "toy", `{"token":"1"}`), entry("C", "other", `{"token":"2"}`)
	fill(t, b, c, a)
	for far, want := range map[string][]directory.Entry{
		"toy":             {without(a, false, true)},
		"other":           {without(c, false, true)},
		"third":           nil,
		topology.Platform: {without(a, true, false), without(c, true, false)},
	} {
		if diff := cmp.Diff(want, next(t, watching(t, b, far))); diff != "" {
			t.Errorf("%q at first: %s", far, diff)
		}
	}
}

func TestAWatchTellsChanges(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	fill(t, b)
	told := watching(t, b, "toy")
	own := func(e directory.Entry) directory.Entry { return without(e, false, true) }
	if first := next(t, told); len(first) != 0 {
		t.Fatalf("%v", first)
	}
	one, two := entry("A", "toy", `{"token":"1"}`), entry("A", "toy", `{"token":"2"}`)
	other := entry("B", "toy", `{}`)
	fill(t, b, one)
	until(t, told, own(one))
	fill(t, b, two, other)
	until(t, told, own(two), own(other))
	fill(t, b, other)
	until(t, told, own(other))
	moved := entry("B", "other", `{"x":1}`)
	fill(t, b, moved)
	until(t, told)
	fill(t, b, other)
	until(t, told, own(other))
	if _, err := directory.Clear(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	until(t, told)
}

func TestWhatIsWrittenAgainIsNotTold(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	one := entry("A", "toy", `{"token":"1"}`)
	fill(t, b, one)
	told := watching(t, b, "toy")
	next(t, told)
	fill(t, b, one, entry("Z", "other", `{}`)) // another network's is nothing to toy
	two := entry("A", "toy", `{"token":"2"}`)
	fill(t, b, two)
	if diff := cmp.Diff([]directory.Entry{without(two, false, true)}, next(t, told)); diff != "" {
		t.Error(diff)
	}
}

func TestChangesAtOnceAreToldTogether(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	fill(t, b)
	told := watching(t, b, "toy")
	next(t, told)
	const channels = 500
	var all, want []directory.Entry
	for i := range channels {
		e := entry(fmt.Sprintf("c%04d", i), "toy", `{}`)
		all, want = append(all, e), append(want, without(e, false, true))
	}
	fill(t, b, all...)
	calls := 0
	for got := []directory.Entry(nil); len(got) < channels; calls++ {
		if got = next(t, told); len(got) == channels && !cmp.Equal(got, want) {
			t.Error("the channels are not as they were filled in")
		}
	}
	if calls > channels/2 {
		t.Errorf("%d calls for %d channels", calls, channels)
	}
}

func TestAnIncompleteOrUnreadableChannelIsLeftOut(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	whole := entry("A", "toy", `{"token":"1"}`)
	fill(t, b, whole)
	for key, value := range map[string]string{
		"channel.toy.B": "no JSON", "channel.toy.C": `{"id":"C","network":"toy"}`, "channel.toy.D": `{"id":"A","network":"toy"}`, "channel.toy.E": `{"id":"E"}`,
		"channel.toy.F": `{"id":"F","network":"other"}`,
	} {
		if err := kv.Open(b, topology.Channels).Put(t.Context(), key, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	told := watching(t, b, "toy")
	if diff := cmp.Diff([]directory.Entry{without(whole, false, true)}, next(t, told)); diff != "" {
		t.Error(diff)
	}
	if err := kv.Open(b, topology.Secrets).Put(t.Context(), "toy.C", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	c := directory.Entry{Channel: directory.Channel{ID: "C", Network: "toy"}, Account: json.RawMessage(`{}`)}
	until(t, told, without(whole, false, true), c)
}

func TestAWatchKeepsWhatTheCalleeDoesToItsSlice(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	a := entry("A", "toy", `{"n":1}`)
	fill(t, b, a)
	told := watching(t, b, "toy")
	next(t, told)[0].Account = json.RawMessage(`{"n":2}`)
	fill(t, b, entry("A", "toy", `{"n":2}`))
	if got := next(t, told); len(got) != 1 || string(got[0].Account) != `{"n":2}` {
		t.Errorf("%v", got)
	}
}

func TestSettingsAreWatchedWithoutCredentials(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	fill(t, b, entry("B", "toy", `{}`), entry("A", "other", `{}`))
	told := make(chan []directory.Channel, 10)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- directory.WatchSettings(ctx, b, func(c []directory.Channel) { told <- c }) }()
	for _, want := range [][]directory.Channel{
		{{ID: "A", Network: "other", ContactID: "custom"}, {ID: "B", Network: "toy", ContactID: "custom"}},
		{{ID: "B", Network: "toy", ContactID: "custom"}},
	} {
		select {
		case got := <-told:
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("nothing is told")
		}
		fill(t, b, entry("B", "toy", `{"new":"credentials"}`))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c, err := directory.Find(t.Context(), b, "B"); err != nil || c.Network != "toy" {
		t.Errorf("%v, %v", c, err)
	}
	if _, err := directory.Find(t.Context(), b, "A"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a removed channel: %v", err)
	}
}
