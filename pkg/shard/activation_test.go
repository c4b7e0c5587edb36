package shard_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bonychat/puente/pkg/shard"
)

// TestAShardComesAndGoes: the work ends, its record goes, and it comes again when it is to be owned again.
func TestAShardComesAndGoes(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.startWith(shard.Options{}, shard.Always(prefix, nil))
		p.idleAfter, p.once = second, true
		for i := range 3 {
			p.activation.Only(c.shards[:1])
			c.within(15*second, "it was worked on", func() bool { return p.timesTaken("work.0") == i+1 && len(p.valid()) == 0 })
			c.within(second, "its record is gone", func() bool { return len(c.records()) == 0 })
		}
		c.pass(30 * second)
		if n := p.timesTaken("work.0"); n != 3 {
			t.Errorf("taken %d times", n)
		}
	})
}

// TestOnlyTheseShards are acquired from then on.
func TestOnlyTheseShards(t *testing.T) {
	t.Parallel()
	inBubble(t, 4, func(t *testing.T, c *cluster) {
		p := c.startWith(shard.Options{}, shard.Always(prefix, c.shards[:2]))
		c.within(15*second, "it owns the first", func() bool { return slices.Equal(p.valid(), []string{"work.0", "work.1"}) })
		p.activation.Only(c.shards[2:])
		c.within(second/10, "it owns the others too", func() bool { return len(p.valid()) == 4 })
		p.mu.Lock()
		p.idleAfter = second // the work on all ends; on those that are no longer among them, for good
		p.mu.Unlock()
		c.within(10*second, "it owns the others only", func() bool {
			return p.timesTaken("work.2") > 1 && slices.Equal(p.valid(), []string{"work.2", "work.3"})
		})
		if n := p.timesTaken("work.0"); n != 1 {
			t.Errorf("taken %d times", n)
		}
	})
}

// TestAGroupHasOneOwner, whoever comes or goes.
func TestAGroupHasOneOwner(t *testing.T) {
	t.Parallel()
	inBubble(t, 30, func(t *testing.T, c *cluster) {
		account := func(s shard.Shard) string {
			n := 0
			_, _ = fmt.Sscanf(s.Name, prefix+"%d", &n)
			return fmt.Sprintf("account-%d", n%6)
		}
		c.group = account
		together := func() bool {
			owner := map[string]*process{}
			for name, p := range c.owners() {
				n := 0
				_, _ = fmt.Sscanf(name, "work.%d", &n)
				a := account(c.shards[n])
				if owner[a] != nil && owner[a] != p {
					return false
				}
				owner[a] = p
			}
			return len(c.owners()) == len(c.shards)
		}
		c.start()
		c.start()
		c.within(15*second, "each account has one owner", together)
		c.start()
		c.within(5*second, "each account has one owner of three", func() bool { return together() && len(c.processes[2].valid()) > 0 })
		c.processes[0].stop()
		c.within(5*second, "each account has one owner of those left", func() bool { return len(c.processes[0].valid()) == 0 && together() })
	})
}
