package shard_test

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// second is a step of time in these tests.
const second = time.Second

// longest is a lease, and the time until the next heartbeat.
const longest = lease + 2*second

// pair is two processes that share the cluster's shards.
func (c *cluster) pair() (a, b *process) {
	c.t.Helper()
	a, b = c.start(), c.start()
	c.within(15*second, "both have shards", func() bool {
		return c.shared(a, b)() && len(a.valid()) > 0 && len(b.valid()) > 0
	})
	return a, b
}

// TestALapsedLeaseIsNotValidUntilItIsRenewed: an election lasts longer than the lease. What was begun goes on, nothing new
// is begun until the record has been rewritten, and nobody has to give anything up.
func TestALapsedLeaseIsNotValidUntilItIsRenewed(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fate{"lost": lost, "refused": refused, "stored late": late} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testLapse(t, f)
		})
	}
}

func testLapse(t *testing.T, election fate) {
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		mine := a.valid()
		lease := a.lease(mine[0])
		before := lease.Revision()
		for _, p := range c.processes {
			p.meet(func(bool, string) fate { return election })
		}
		c.within(longest, "no lease is valid", func() bool { return len(c.owners()) == 0 })
		if lease.Hard().Err() != nil || a.group.Status().Lapses > 1 {
			t.Error("the lapse ended what was begun")
		}
		// heartbeats are stored again, records are not
		for _, p := range c.processes {
			p.meet(func(write bool, key string) fate {
				if write && strings.HasPrefix(key, "unit.") {
					return refused
				}
				return served
			})
		}
		c.within(longest, "the membership is valid again", func() bool { return a.group.Status().Valid && b.group.Status().Valid })
		c.pass(20 * second)
		if owners := c.owners(); len(owners) != 0 {
			t.Errorf("valid without having been renewed: %v", slices.Sorted(maps.Keys(owners)))
		}
		for _, p := range c.processes {
			p.meet(nil)
		}
		c.within(2*second, "everything is owned again", c.shared(a, b))
		if !slices.Equal(a.valid(), mine) || a.lease(mine[0]) != lease || lease.Revision() <= before {
			t.Errorf("had %v and has %v", mine, a.valid())
		}
	})
}

// TestALeaseIsNotValidForLongerThanOthersBelieve: answers to heartbeats take long, and the last thing that a process
// stored is older than it knows.
func TestALeaseIsNotValidForLongerThanOthersBelieve(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		a.meet(func(_ bool, key string) fate {
			if key == "alive.worker.p0" {
				return slow
			}
			return served
		})
		c.pass(10 * second)
		if len(a.valid()) == 0 {
			t.Fatal("slow answers alone cost it everything")
		}
		for range 4 { // at any time of a heartbeat
			a.cut()
			a.stall(true)
			c.within(2*lease, "the other has everything", c.shared(b))
			a.meet(func(bool, string) fate { return slow })
			a.stall(false)
			c.within(30*second, "both have shards", func() bool { return c.shared(a, b)() && len(a.valid()) > 0 })
			c.pass(1100 * time.Millisecond)
		}
	})
}

// TestTheShardsOfADeadProcessMove when its silence has lasted a lease, not before.
func TestTheShardsOfADeadProcessMove(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		died := time.Now()
		orphans := a.valid()
		a.cut()
		a.stall(true)
		c.within(2*lease, "the other has everything", c.shared(b))
		if took := time.Since(died); took < lease-second {
			t.Errorf("taken after %s", took)
		}
		if l := b.lease(orphans[0]); l == nil || !l.Inherited() {
			t.Error("nobody is told that what the dead had begun is in doubt")
		}
	})
}

// TestALeavingProcessHandsOverAtOnce: nobody waits for its silence, and each shard moves when its work has ended.
func TestALeavingProcessHandsOverAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		moved := a.valid()
		a.stop()
		c.within(second, "the other has everything", c.shared(b))
		<-a.ended
		if l := b.lease(moved[0]); l == nil || l.Inherited() {
			t.Error("what was released counts as in doubt")
		}
		if _, err := c.store.get("alive.worker.p0"); err == nil {
			t.Error("its heartbeat is still there")
		}
	})
}

// TestOneSlowShardHoldsUpNoOther: a process that leaves says so first, and what it has finished is taken at once.
func TestOneSlowShardHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	inBubble(t, 30, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		c.slow, c.finish = a.valid()[0], 8*second
		if len(a.valid()) < 5 {
			t.Fatalf("it has only %v", a.valid())
		}
		a.stop()
		c.within(second, "the other has everything else", func() bool { return len(b.valid()) == len(c.shards)-1 })
		if got := a.valid(); !slices.Equal(got, []string{c.slow}) {
			t.Errorf("it has %v", got)
		}
		c.within(9*second, "the other has everything", c.shared(b))
	})
}

// TestTheWorkOfALeavingProcessIsWaitedFor: what it has begun it finishes, and keeps the shard as long.
func TestTheWorkOfALeavingProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		c.finish = 4 * second
		a, b := c.pair()
		kept := a.valid()
		a.stop()
		c.pass(3 * second)
		if !slices.Equal(a.valid(), kept) {
			t.Errorf("it had %v and has %v", kept, a.valid())
		}
		c.within(2*second, "the other has everything", c.shared(b))
	})
}

// TestWhoComesBackIsNotForgotten: the key of a long dead process is removed while that process wakes up. It keeps what it
// has taken up since.
func TestWhoComesBackIsNotForgotten(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		a.meet(func(bool, string) fate { return refused })
		c.within(2*lease, "the other has everything", c.shared(b))
		var removals atomic.Int32 // each is under way for long
		b.meet(func(write bool, key string) fate {
			if write && key == "alive.worker.p0" {
				removals.Add(1)
				return late
			}
			return served
		})
		c.within(2*time.Minute, "it is to be forgotten", func() bool { return removals.Load() > 0 })
		a.meet(nil)
		c.within(lease, "it takes part again", func() bool { return len(a.valid()) > 0 })
		mine := a.valid()
		for range 200 {
			c.pass(50 * time.Millisecond)
			if got := len(b.group.Status().Members); got != 2 {
				t.Fatalf("the other sees %d members", got)
			}
		}
		if !slices.Equal(a.valid(), mine) {
			t.Errorf("it had %v and has %v", mine, a.valid())
		}
	})
}

// TestTheLongDeadAreForgotten: the bucket does not fill with their heartbeats.
func TestTheLongDeadAreForgotten(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, _ := c.pair()
		a.cut()
		a.stall(true)
		c.within(2*time.Minute, "its heartbeat is gone", func() bool { _, err := c.store.get("alive.worker.p0"); return err != nil })
	})
}

// TestMembersAreSeenWithinAHeartbeat, with their own names, by everybody.
func TestMembersAreSeenWithinAHeartbeat(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		for range 4 {
			c.start()
		}
		c.pass(2 * second)
		for _, p := range c.processes {
			s := p.group.Status()
			if want := []string{"p0", "p1", "p2", "p3"}; !slices.Equal(s.Members, want) || !slices.Equal(s.Accepting, want) || !s.Valid {
				t.Errorf("%+v", s)
			}
		}
	})
}
