package shard_test

import (
	"slices"
	"testing"
	"time"
)

// TestADeafWatchTakesNothing: a process whose watch shows nothing for minutes, and does not say so, leaves the living what
// they have. It notices, and watches anew.
func TestADeafWatchTakesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
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
	inBubble(t, 20, func(t *testing.T, c *cluster) {
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

// TestTheBrokersClockKillsNobody: it jumps by a minute, forward and back, and every process keeps what it has.
func TestTheBrokersClockKillsNobody(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
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

// TestABucketThatWasMadeAnew, whose revisions begin anew, is taken for what it is: by who has shards, and by who takes over.
func TestABucketThatWasMadeAnew(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
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

// TestWhatVanishesUnseen, members and records, is gone for a watch that begins afterwards, though nothing tells of it any
// more.
func TestWhatVanishesUnseen(t *testing.T) {
	t.Parallel()
	inBubble(t, 20, func(t *testing.T, c *cluster) {
		a, b := c.pair()
		a.stall(true)
		b.stop()
		<-b.ended
		c.store.compact()
		a.interrupt()
		a.stall(false)
		c.within(second/2, "the other has everything", func() bool { return c.shared(a)() && len(a.group.Status().Members) == 1 })
	})
}
