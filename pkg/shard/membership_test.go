package shard_test

import (
	"maps"
	"slices"
	"strings"
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
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		mine := a.valid()
		lease := a.lease(mine[0])
		before := lease.Revision()
		for _, p := range c.processes {
			p.cut()
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

// TestADeafWatchTakesNothing: a process whose watch shows nothing for minutes, and does not say so, leaves the living what
// they have. It notices, and watches anew.
func TestADeafWatchTakesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		theirs := b.valid()
		watches := a.begun()
		a.stall(true)
		c.pass(2 * time.Minute)
		if !slices.Equal(b.valid(), theirs) {
			t.Errorf("%v are left of %v", b.valid(), theirs)
		}
		if n := a.begun(); n < watches+5 {
			t.Errorf("it watched anew %d times", n-watches)
		}
		if a.group.Status().Certain {
			t.Error("a deaf process is certain")
		}
		a.stall(false)
		c.pass(20 * second)
		if !slices.Equal(b.valid(), theirs) || !a.group.Status().Certain {
			t.Errorf("afterwards %v are left of %v", b.valid(), theirs)
		}
	})
}

// TestAStaleWatchTakesNothing: a watch that is interrupted again and again, and shows each time what was there long ago,
// makes nobody certain.
func TestAStaleWatchTakesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		theirs := b.valid()
		a.freeze(true)
		for range 30 {
			a.interrupt()
			c.pass(second)
			if a.group.Status().Certain && len(a.group.Status().Members) < 2 {
				t.Fatal("what is shown again and again counts as news")
			}
		}
		a.freeze(false)
		c.pass(20 * second)
		if !slices.Equal(b.valid(), theirs) {
			t.Errorf("%v are left of %v", b.valid(), theirs)
		}
	})
}

// TestTheShardsOfADeadProcessMove when its silence has lasted a lease, not before.
func TestTheShardsOfADeadProcessMove(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
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
	inBubble(t, 8, func(t *testing.T, c *cluster) {
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

// TestTheWorkOfALeavingProcessIsWaitedFor: what it has begun it finishes, and keeps the shard as long.
func TestTheWorkOfALeavingProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
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

// TestTheBrokersClockKillsNobody: it jumps by a minute, forward and back, and every process keeps what it has.
func TestTheBrokersClockKillsNobody(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		as, bs := a.valid(), b.valid()
		for _, jump := range []time.Duration{time.Minute, -2 * time.Minute, time.Hour} {
			c.store.jump(jump)
			c.pass(10 * second)
			if !slices.Equal(a.valid(), as) || !slices.Equal(b.valid(), bs) {
				t.Errorf("after a jump of %s: %v and %v, before %v and %v", jump, a.valid(), b.valid(), as, bs)
			}
			if got := a.group.Status().Accepting; len(got) != 2 {
				t.Errorf("after a jump of %s only %v take shards", jump, got)
			}
		}
	})
}

// TestWhoComesBackIsNotForgotten: the key of a long dead process is removed while that process wakes up. It keeps what it
// has taken up since.
func TestWhoComesBackIsNotForgotten(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		a.cut()
		c.within(2*lease, "the other has everything", c.shared(b))
		// every removal of the heartbeat is under way for long
		b.meet(func(write bool, key string) fate {
			if write && key == "alive.worker.p0" {
				return late
			}
			return served
		})
		c.pass(70 * second)
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
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, _ := c.pair()
		a.cut()
		a.stall(true)
		c.within(2*time.Minute, "its heartbeat is gone", func() bool { _, err := c.store.get("alive.worker.p0"); return err != nil })
	})
}

// TestABucketThatWasMadeAnew, whose revisions begin anew, is taken for what it is: by who has shards, and by who takes over.
func TestABucketThatWasMadeAnew(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		c.updates = true // so that the loss of a record is noticed
		a, b := c.pair()
		b.stop()
		c.within(2*second, "one has everything", c.shared(a))
		c.pass(10 * second) // the new revisions stay below these for long
		clear(c.confirmed)
		before := a.timesTaken("work.0")
		c.store.remake()
		a.interrupt()
		c.within(10*second, "it has taken everything again", func() bool { return a.timesTaken("work.0") > before && c.shared(a)() })
		d := c.start()
		c.within(10*second, "another has a share", func() bool { return c.shared(a, d)() && len(d.valid()) > 0 })
		d.cut()
		c.within(2*lease, "it dies, and one has everything", c.shared(a))
	})
}

// TestRecordsThatVanishUnseenAreFree: what an interrupted watch did not show is found out by the next.
func TestRecordsThatVanishUnseenAreFree(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		a.stall(true)
		b.stop()
		<-b.ended
		a.interrupt()
		a.stall(false)
		c.within(2*second, "the other has everything", c.shared(a))
	})
}

// TestMembersAreSeenWithinAHeartbeat, with their own names, by everybody.
func TestMembersAreSeenWithinAHeartbeat(t *testing.T) {
	t.Parallel()
	inBubble(t, 8, func(t *testing.T, c *cluster) {
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
