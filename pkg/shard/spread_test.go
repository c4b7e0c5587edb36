package shard_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/shard"
)

// TestMembersShareEvenly: of twelve shards three members have four each, and two six, as soon as one has gone.
func TestMembersShareEvenly(t *testing.T) {
	t.Parallel()
	inBubble(t, 12, func(t *testing.T, c *cluster) {
		each := func(n int, of ...*process) func() bool {
			return func() bool {
				for _, p := range of {
					if len(p.valid()) != n {
						return false
					}
				}
				return len(c.owners()) == len(c.shards)
			}
		}
		a, b := c.startWith(shard.Options{}, shard.Evenly(prefix, c.shards)), c.startWith(shard.Options{}, shard.Evenly(prefix, c.shards))
		c.within(15*second, "two have six each", each(6, a, b))
		third := c.startWith(shard.Options{}, shard.Evenly(prefix, c.shards))
		c.within(5*second, "three have four each", each(4, a, b, third))
		a.stop()
		c.within(5*second, "two have six each again", each(6, b, third))
	})
}

// TestBesideAVersionBefore, which knows rendezvous alone, all go by rendezvous: otherwise shards would go to and fro between
// the versions for as long as both run. When it is gone they share evenly.
func TestBesideAVersionBefore(t *testing.T) {
	t.Parallel()
	inBubble(t, 12, func(t *testing.T, c *cluster) {
		old, gone := c.store.line(), make(chan struct{})
		ctx, leave := context.WithCancel(context.Background())
		go func() { // it is there, and takes its time to acquire anything
			defer close(gone)
			for ctx.Err() == nil {
				_ = old.Put(ctx, "alive."+service+".old", []byte("here"))
				select {
				case <-ctx.Done():
				case <-time.After(second):
				}
			}
			_ = old.DeleteAt(context.Background(), "alive."+service+".old", 0)
		}()
		defer func() { leave(); <-gone }()
		plain := c.startWith(shard.Options{}, shard.Always(prefix, c.shards))
		c.pass(20 * second)
		want := plain.valid() // beside the earlier version, by rendezvous
		plain.stop()
		c.within(10*second, "it has gone", func() bool { return len(c.owners()) == 0 })

		// the same member, as far as rendezvous goes, that would share evenly
		c.processes = nil
		p := c.startWith(shard.Options{}, shard.Evenly(prefix, c.shards))
		c.pass(20 * second)
		if got := p.valid(); !slices.Equal(got, want) || len(want) == len(c.shards)/2 {
			t.Errorf("beside a version before it has %v, want %v", got, want)
		}
		leave()
		c.within(15*second, "it has all when it is alone", func() bool { return len(p.valid()) == len(c.shards) })
	})
}
