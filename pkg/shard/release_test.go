package shard_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/shard"
)

// of is what becomes of writes of lease records; all else is served.
func of(f fate) func(bool, string) fate {
	return func(write bool, key string) fate {
		if write && strings.HasPrefix(key, "unit.") {
			return f
		}
		return served
	}
}

// TestAnAnswerThatIsLostOrphansNothing: the record names a process that does not know it. It releases it, or works on it;
// nobody has to wait for its death.
func TestAnAnswerThatIsLostOrphansNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		of     fate
		within time.Duration // a shard that belongs to another by now is released when the claim has failed, or is found
	}{
		"stored, answer lost":          {unanswered, 2500 * time.Millisecond},
		"stored after it was given up": {late, 12 * second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 4, func(t *testing.T, c *cluster) {
				a := c.prepare(shard.Options{}, shard.Always(prefix, nil))
				a.meet(of(test.of))
				c.run(a)
				c.pass(3 * second) // orphans are looked for every five seconds, and not when a claim fails
				a.activation.Only(c.shards)
				c.pass(4 * second) // its writes are under way, or stored
				a.meet(nil)
				b := c.start()
				c.within(test.within, "everything is owned", func() bool { return c.shared(a, b)() && len(b.valid()) > 0 })
				if got := a.group.Status().Lapses + b.group.Status().Lapses; got != 0 {
					t.Errorf("%d lapses: the fault was to hit records only", got)
				}
			})
		})
	}
}

// TestAShardThatNobodyWantsAnyMoreIsReleased though the write that took it was stored long after it was given up.
func TestAShardThatNobodyWantsAnyMoreIsReleased(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		a := c.prepare(shard.Options{}, shard.Always(prefix, nil))
		a.meet(of(late))
		c.run(a)
		a.activation.Only(c.shards[:1])
		c.pass(3 * second)
		a.activation.Only(nil)
		a.meet(nil)
		stored := false
		c.within(30*second, "its record came and went", func() bool {
			_, there := c.records()[c.shards[0].Name]
			stored = stored || there
			return stored && !there
		})
	})
}

// TestAReleaseIsTriedUntilItIsStored: a record that names a living process keeps the shard from everybody.
func TestAReleaseIsTriedUntilItIsStored(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fate{"lost": lost, "refused": refused, "answer lost": unanswered} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 20, func(t *testing.T, c *cluster) {
				a := c.start()
				c.within(15*second, "it has everything", c.shared(a))
				a.meet(of(f))
				b := c.start() // gets a share
				c.pass(time.Minute)
				a.meet(nil)
				c.within(2*second, "both have shards", func() bool {
					return c.shared(a, b)() && len(a.valid()) > 0 && len(b.valid()) > 0
				})
				for _, name := range b.valid() {
					if f != unanswered && b.lease(name).Inherited() {
						t.Errorf("%s was not released", name)
					}
				}
				b.stop()
				c.within(2*second, "the first takes again what it had released", c.shared(a))
			})
		})
	}
}

// TestAReleaseWithoutAnAnswerEnds, where nobody else took the shard meanwhile: it can be acquired again.
func TestAReleaseWithoutAnAnswerEnds(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.startWith(shard.Options{}, shard.Always(prefix, nil))
		c.pass(2 * second)
		p.activation.Only(c.shards[:1])
		c.within(second, "it owns", func() bool { return len(p.valid()) == 1 })
		p.meet(of(unanswered))
		p.mu.Lock()
		p.idleAfter, p.once = second, true
		p.mu.Unlock()
		c.within(3*second, "its record is gone", func() bool { return len(c.records()) == 0 })
		p.meet(nil)
		c.pass(2 * second)
		p.activation.Only(c.shards[:1])
		c.within(second, "it owns again", func() bool { return p.timesTaken("work.0") == 2 })
	})
}

// TestAProcessThatEndsDoesNotWaitForABucketThatIsGone for longer than the time to release, or at all where nothing can be
// stored any more.
func TestAProcessThatEndsDoesNotWaitForABucketThatIsGone(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]bool{"it may come back": false, "for good": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 4, func(t *testing.T, c *cluster) {
				done := make(chan struct{})
				line := c.store.line()
				g := shard.New(line, shard.Options{Service: service, Instance: "a", Done: done, Lease: lease})
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					_ = g.Own(ctx, shard.Always(prefix, c.shards), func(ctx context.Context, _ *shard.Lease) error {
						<-ctx.Done()
						return nil
					})
				}()
				c.within(15*second, "it has everything", func() bool { return len(c.records()) == 4 })
				line.cut()
				if over {
					close(done)
				}
				stopped := time.Now()
				stop()
				<-ended
				if took := time.Since(stopped); over && took > 2*second || took > 12*second {
					t.Errorf("it took %s", took)
				}
				closing, cancel := context.WithTimeout(t.Context(), 10*second)
				defer cancel()
				g.Close(closing)
			})
		})
	}
}
