package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
)

// earlier fills a store as earlier versions did: settings under settings.<channel>, and nothing that says of a form.
func earlier(t *testing.T, b *bus.Bus, entries ...directory.Entry) {
	t.Helper()
	fill(t, b, entries...)
	channels := kv.Open(b, topology.Channels)
	all, err := channels.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for key := range all {
		if strings.HasPrefix(key, "channel.") || strings.HasPrefix(key, "form.") {
			if err := channels.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, e := range entries {
		data, err := json.Marshal(e.Channel)
		if err != nil {
			t.Fatal(err)
		}
		if err := channels.Put(t.Context(), "settings."+e.ID, data); err != nil {
			t.Fatal(err)
		}
	}
}

// keysOf are the keys of CHANNELS that this version or one before reads settings of.
func keysOf(t *testing.T, b *bus.Bus) (keys []string) {
	t.Helper()
	all, err := kv.Open(b, topology.Channels).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(key, "channel.") || strings.HasPrefix(key, "settings.") {
			keys = append(keys, key)
		}
	}
	return keys
}

func TestAStoreInTheFormBeforeIsConverted(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	a, c, gone := entry("A", "toy", `{"n":1}`), entry("C", "other", `{"n":2}`), entry("G", "toy", `{"n":3}`)
	earlier(t, b, a, c, gone)
	pause := directory.Pause{Far: "toy", Channel: "A", Reason: "a fair", By: "ana"}
	if err := directory.SetPause(t.Context(), b, pause); err != nil {
		t.Fatal(err)
	}
	if d, err := directory.Compare(t.Context(), b, []directory.Entry{a, c, gone}); err != nil || !d.Empty() {
		t.Errorf("another form is told as a difference: %s, %v", d, err)
	}
	if _, err := directory.Apply(t.Context(), b, nil); err == nil {
		t.Error("an empty list removes channels in the form before")
	}
	if err := directory.DropEarlier(t.Context(), b); err != nil || !slices.Equal(keysOf(t, b), []string{"settings.A", "settings.C", "settings.G"}) {
		t.Errorf("the form before is dropped though there is no other: %v, %v", keysOf(t, b), err)
	}
	renewed, added := c, entry("N", "toy", `{}`)
	renewed.ContactID = "phone"
	d, err := directory.Apply(t.Context(), b, []directory.Entry{a, renewed, added})
	if err != nil || d.String() != "added N; changed C; removed G" {
		t.Errorf("%s, %v", d, err)
	}
	// who still reads the form before misses nothing
	if want := []string{"channel.other.C", "channel.toy.A", "channel.toy.N", "settings.A", "settings.C", "settings.N"}; !slices.Equal(keysOf(t, b), want) {
		t.Errorf("%v", keysOf(t, b))
	}
	if data, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "settings.C"); err != nil || !strings.Contains(string(data), `"phone"`) {
		t.Errorf("the form before is not kept in step: %s, %v", data, err)
	}
	for range 2 {
		if err := directory.DropEarlier(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if d, err := directory.Apply(t.Context(), b, []directory.Entry{a, renewed, added}); err != nil || !d.Empty() {
			t.Errorf("%s, %v", d, err)
		}
	}
	if want := []string{"channel.other.C", "channel.toy.A", "channel.toy.N"}; !slices.Equal(keysOf(t, b), want) {
		t.Errorf("%v", keysOf(t, b))
	}
	if left, err := directory.Pauses(t.Context(), b); err != nil || len(left) != 1 || left[0].Reason != pause.Reason {
		t.Errorf("the pause is lost: %v, %v", left, err)
	}
}

// A service of this version that starts before the settings are converted waits: who is told of no channels takes what waits for
// them to the dead letters.
func TestAWatchWaitsForSettingsInItsForm(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	a := entry("A", "toy", `{"n":1}`)
	earlier(t, b, a)
	toy, platform, door := watching(t, b, "toy"), watching(t, b, topology.Platform), verifying(t, b)
	fill(t, b, a)
	for _, told := range []<-chan []directory.Entry{toy, platform} {
		if first := next(t, told); len(first) != 1 || first[0].ID != "A" {
			t.Errorf("first told %v", first)
		}
	}
	if ids := channelIDs(shown(t, door, func([]directory.Verified) bool { return true })); !slices.Equal(ids, []string{"A"}) {
		t.Errorf("the door is first told %v", ids)
	}
}

func TestAWatchThatWaitsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- directory.Watch(ctx, b, "toy", func([]directory.Entry) { t.Error("it is told of what nobody has written") })
	}()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAChannelIsFoundByItsNetworkOrWithout(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	a, c := entry("A", "toy", `{}`), entry("C", "other", `{}`)
	fill(t, b, a, c)
	moved := entry("A", "other", `{}`)
	for _, step := range [][]directory.Entry{{a, c}, {moved, c}, {a, c}} {
		fill(t, b, step...)
		for _, e := range step {
			found, err := directory.Find(t.Context(), b, e.ID)
			if diff := cmp.Diff(e.Channel, found); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
			if own, err := directory.Settings(t.Context(), b, e.Network, e.ID); err != nil || own != e.Channel {
				t.Errorf("%v, %v", own, err)
			}
		}
	}
	for _, id := range []string{"B", "*", ">", "", "other.C"} {
		if _, err := directory.Find(t.Context(), b, id); !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := directory.Settings(t.Context(), b, "other", "A"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("under a network that it left: %v", err)
	}
}

// A channel that moves to another network is told once to whoever is told of all, whichever write is seen first.
func TestAChannelThatMovesIsOne(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy", "other").Connect("test")
	fill(t, b, entry("A", "toy", `{}`))
	told := watching(t, b, topology.Platform)
	next(t, told)
	if err := kv.Open(b, topology.Channels).Put(t.Context(), "channel.other.A", []byte(`{"id":"A","network":"other","contact_id":"custom"}`)); err != nil {
		t.Fatal(err)
	}
	until(t, told, without(entry("A", "other", `{}`), true, false))
	if all, err := directory.List(t.Context(), b); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if err := kv.Open(b, topology.Channels).Delete(t.Context(), "channel.toy.A"); err != nil {
		t.Fatal(err)
	}
	if err := kv.Open(b, topology.Channels).Delete(t.Context(), "channel.other.A"); err != nil {
		t.Fatal(err)
	}
	until(t, told)
}
