package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
)

func TestStateIsWrittenByCompareAndSet(t *testing.T) {
	s := bustest.Start(t, "courier")
	one := NewState(Channel{s.Connect("egress-courier"), "courier", "A"})
	two := NewState(Channel{s.Connect("egress-courier"), "courier", "A"})
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
	state := NewState(Channel{s.Connect("egress-courier"), "courier", "A"})
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
	service := s.Connect("egress-courier")
	state := func(channel string) State { return NewState(Channel{service, "courier", channel}) }
	fill(entry("courier", "A"), entry("courier", "B"), entry("courier", "C"))
	for _, id := range []string{"A", "B", "C"} {
		for _, of := range []provider.Values{state(id), state(id).Contact("17")} {
			if _, err := of.Put(t.Context(), "k", []byte(id), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(entry("courier", "A"), entry("other", "C"))
	for id, want := range map[string]string{"A": "A", "B": "", "C": ""} {
		for _, of := range []provider.Values{state(id), state(id).Contact("17")} {
			if v, _, err := of.Get(t.Context(), "k"); string(v) != want || err != nil {
				t.Errorf("channel %s has %q, %v", id, v, err)
			}
		}
	}
	// a process that had not heard of it yet
	if _, err := state("B").Put(t.Context(), "k", []byte("late"), 0); err != nil {
		t.Fatal(err)
	}
	fill(entry("courier", "A"))
	if v, _, err := state("B").Get(t.Context(), "k"); v != nil || err != nil {
		t.Errorf("%q, %v", v, err)
	}
}
