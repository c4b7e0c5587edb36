package kv_test

import (
	"errors"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// TestWhatAKeyIsRefusedFor: whoever writes by compare-and-set has to be told a conflict, whatever the client calls it.
func TestWhatAKeyIsRefusedFor(t *testing.T) {
	t.Parallel()
	k := kv.Open(bustest.Start(t).Connect("writer"), topology.Channels)
	ctx := t.Context()
	first, err := k.Create(ctx, "a", []byte("1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Create(ctx, "a", []byte("2")); !errors.Is(err, bus.ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	if _, err := k.Update(ctx, "a", []byte("2"), 0); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("updated as if nothing were there: %v", err)
	}
	second, err := k.Update(ctx, "a", []byte("2"), first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Update(ctx, "a", []byte("3"), first); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("updated at an old revision: %v", err)
	}
	if err := k.DeleteAt(ctx, "a", first); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("deleted at an old revision: %v", err)
	}
	if err := k.DeleteAt(ctx, "a", second); err != nil {
		t.Errorf("deleted at its revision: %v", err)
	}
	if _, _, err := k.Get(ctx, "a"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a deleted key: %v", err)
	}
}
