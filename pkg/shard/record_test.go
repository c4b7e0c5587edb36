package shard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/shard"
)

// TestTheFormatOfTheBucket is that of the processes of other versions, which share it during an upgrade.
func TestTheFormatOfTheBucket(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		hold := func(key, want string) {
			t.Helper()
			e, err := c.store.get(key)
			if err != nil || string(e.Value) != want {
				t.Errorf("%s holds %s, want %s: %v", key, e.Value, want, err)
			}
		}
		hold("alive.worker.p0", `here, even`)
		hold("unit.worker.WORK-0", `{"owner":"p0"}`)
		l := p.lease("work.0")
		full := shard.Record{Owner: "p0", Position: 7, Aside: true, Clean: true, Cursor: "12:99"}
		if err := l.Update(t.Context(), func(r *shard.Record) { *r = full }); err != nil {
			t.Fatal(err)
		}
		hold("unit.worker.WORK-0", `{"owner":"p0","position":7,"aside":true,"clean":true,"cursor":"12:99"}`)
		if diff := cmp.Diff(full, l.Record()); diff != "" {
			t.Error(diff)
		}
		if l.Name() != "worker-WORK-0" || l.Filter() != "work.0" {
			t.Errorf("name %s, filter %s", l.Name(), l.Filter())
		}
		// a record that holds something stays when it is released
		c.finish = second
		p.stop()
		c.pass(second / 2)
		hold("alive.worker.p0", `leaving`)
		<-p.ended
		hold("unit.worker.WORK-0", `{"owner":"","position":7,"aside":true,"clean":true,"cursor":"12:99"}`)
		next := c.start()
		c.within(15*second, "the next owns it", c.shared(next))
		if diff := cmp.Diff(shard.Record{Owner: "p1", Position: 7, Aside: true, Clean: true, Cursor: "12:99"}, next.lease("work.0").Record()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestPositionIsReadWithoutOwning the shard.
func TestPositionIsReadWithoutOwning(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		kv := c.store.line()
		for value, want := range map[string]uint64{"": 0, `{"owner":""}`: 0, `{"owner":"a","position":41}`: 41} {
			if value != "" {
				_ = kv.Put(t.Context(), "unit.worker.WORK-0", []byte(value))
			}
			if got, err := shard.Position(t.Context(), kv, service, "WORK-0"); err != nil || got != want {
				t.Errorf("%s: %d, %v", value, got, err)
			}
			_ = kv.DeleteAt(t.Context(), "unit.worker.WORK-0", 0)
		}
		_ = kv.Put(t.Context(), "unit.worker.WORK-0", []byte("no JSON"))
		if _, err := shard.Position(t.Context(), kv, service, "WORK-0"); err == nil || !strings.Contains(err.Error(), "unit.worker.WORK-0") {
			t.Errorf("a broken record: %v", err)
		}
		kv.meet(func(bool, string) fate { return refused })
		if _, err := shard.Position(t.Context(), kv, service, "WORK-0"); err == nil || errors.Is(err, bus.ErrNotFound) {
			t.Errorf("a bucket that answers nothing: %v", err)
		}
	})
}
