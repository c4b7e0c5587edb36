package shard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
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
	for name, f := range map[string]fate{"stored, answer lost": unanswered, "stored after it was given up": late} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 4, func(t *testing.T, c *cluster) {
				a := c.prepare(shard.Options{}, shard.Always(prefix, c.shards))
				a.meet(of(f))
				c.run(a)
				c.pass(4 * second) // its writes are under way, or stored
				a.meet(nil)
				b := c.start()
				c.within(25*second, "everything is owned", c.shared(a, b))
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
		a := c.prepare(shard.Options{}, shard.OnDemand(prefix))
		a.meet(of(late))
		c.run(a)
		a.activation.Want(c.shards[0])
		c.pass(3 * second)
		a.activation.Idle(c.shards[0].Name)
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
			inBubble(t, 8, func(t *testing.T, c *cluster) {
				a := c.start()
				c.within(15*second, "it has everything", c.shared(a))
				a.meet(of(f))
				b := c.start() // gets a share
				c.pass(time.Minute)
				a.meet(nil)
				c.within(5*second, "both have shards", func() bool {
					return c.shared(a, b)() && len(a.valid()) > 0 && len(b.valid()) > 0
				})
				for _, name := range b.valid() {
					if f != unanswered && b.lease(name).Inherited() {
						t.Errorf("%s was not released", name)
					}
				}
			})
		})
	}
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

// TestASoleProcessOwnsAtOnce, from whoever had it, without a heartbeat; an older one that should not be there ends.
func TestASoleProcessOwnsAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, 4, func(t *testing.T, c *cluster) {
		c.updates = true
		older := c.startWith(shard.Options{Sole: true}, shard.Always(prefix, c.shards))
		c.pass(second)
		if got := len(older.valid()); got != 4 {
			t.Fatalf("it has %d", got)
		}
		newer := c.prepare(shard.Options{Sole: true}, shard.Always(prefix, c.shards))
		c.run(newer)
		select {
		case <-older.ended:
		case <-time.After(5 * second):
			t.Fatal("the older one goes on")
		}
		if !errors.Is(older.err, shard.ErrLost) {
			t.Errorf("it ended with %v", older.err)
		}
		if got := len(newer.valid()); got != 4 {
			t.Errorf("the newer one has %d", got)
		}
		for _, e := range c.store.history {
			if strings.HasPrefix(e.Key, "alive.") {
				t.Errorf("a sole process wrote %s", e.Key)
			}
		}
	})
}

// TestAnErrorEndsOwn and leaves the record, so that the next owner knows of the doubt.
func TestAnErrorEndsOwn(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		g := shard.New(c.store.line(), shard.Options{Service: service, Instance: "a", Lease: lease})
		broken := errors.New("broken")
		err := g.Own(t.Context(), shard.Always(prefix, c.shards), func(context.Context, *shard.Lease) error { return broken })
		g.Close(t.Context())
		if !errors.Is(err, broken) {
			t.Errorf("ended with %v", err)
		}
		if got := c.records()[c.shards[0].Name].Owner; got != "a" {
			t.Errorf("the record names %q", got)
		}
		b := c.start()
		c.within(15*second, "the next owns it", c.shared(b))
		if !b.lease("work.0").Inherited() {
			t.Error("it does not know of the doubt")
		}
	})
}

// TestWhatWasBegunMayGoOnForTheGrace after a stop, and no longer.
func TestWhatWasBegunMayGoOnForTheGrace(t *testing.T) {
	t.Parallel()
	for grace, want := range map[time.Duration]time.Duration{0: 9 * second, 35 * second: 35 * second} {
		inBubble(t, 1, func(t *testing.T, c *cluster) {
			c.finish = time.Hour // only the end of the hard context ends the work
			a := shard.Always(prefix, c.shards)
			a.Grace = grace
			p := c.startWith(shard.Options{}, a)
			c.within(15*second, "it owns", c.shared(p))
			stopped := time.Now()
			p.stop()
			<-p.ended
			if took := time.Since(stopped); took < want || took > want+2*second {
				t.Errorf("grace %s: ended after %s", grace, took)
			}
		})
	}
}

// TestALostShardStopsAtOnce: what was begun too.
func TestALostShardStopsAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		c.finish = time.Hour
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		l := p.lease("work.0")
		if err := c.store.line().Put(t.Context(), "unit.worker.WORK-0", []byte(`{"owner":"stranger"}`)); err != nil {
			t.Fatal(err)
		}
		c.within(second, "the work has ended", func() bool { return l.Hard().Err() != nil && p.lease("work.0") == nil })
		if l.Valid() || !errors.Is(l.Update(t.Context(), func(*shard.Record) {}), shard.ErrLost) {
			t.Error("its lease is still worth something")
		}
		if got := c.records()["WORK-0"].Owner; got != "stranger" {
			t.Errorf("the record names %q", got)
		}
	})
}

// TestALeaseEndsWithItsFunction: what is left running by mistake can change nothing any more.
func TestALeaseEndsWithItsFunction(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		c.updates = true // so that the record stays
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		l := p.lease("work.0")
		p.stop()
		<-p.ended
		if err := l.Update(t.Context(), func(r *shard.Record) { r.Cursor = "late" }); !errors.Is(err, shard.ErrLost) || l.Valid() {
			t.Errorf("update: %v", err)
		}
	})
}

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
		hold("alive.worker.p0", `here`)
		hold("unit.worker.WORK-0", `{"owner":"p0"}`)
		l := p.lease("work.0")
		full := shard.Record{Owner: "p0", Consumers: []string{"WORK-0-3-1"}, Position: 7, Cursor: "12:99"}
		if err := l.Update(t.Context(), func(r *shard.Record) { *r = full }); err != nil {
			t.Fatal(err)
		}
		hold("unit.worker.WORK-0", `{"owner":"p0","consumers":["WORK-0-3-1"],"position":7,"cursor":"12:99"}`)
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
		hold("unit.worker.WORK-0", `{"owner":"","consumers":["WORK-0-3-1"],"position":7,"cursor":"12:99"}`)
		next := c.start()
		c.within(15*second, "the next owns it", c.shared(next))
		if diff := cmp.Diff(shard.Record{Owner: "p1", Consumers: full.Consumers, Position: 7, Cursor: "12:99"}, next.lease("work.0").Record()); diff != "" {
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

// TestOwners tells what the records say, to a member, a sole process, and one that does not take part yet.
func TestOwners(t *testing.T) {
	t.Parallel()
	inBubble(t, 2, func(t *testing.T, c *cluster) {
		kv := c.store.line()
		for key, value := range map[string]string{
			"unit.worker.LISTEN-1": `{"owner":"x","cursor":"9"}`, "unit.worker.LISTEN-2": `{"owner":"","cursor":"9"}`,
			"unit.other.LISTEN-3": `{"owner":"x"}`, "alive.worker.x": "here",
		} {
			_ = kv.Put(t.Context(), key, []byte(value))
		}
		member := c.start()
		c.within(15*second, "it owns", c.shared(member))
		sole := shard.New(kv, shard.Options{Service: service, Instance: "s", Sole: true})
		stranger := shard.New(kv, shard.Options{Service: service, Instance: "t"})
		for name, g := range map[string]*shard.Group{"member": member.group, "sole": sole, "stranger": stranger} {
			for prefix, want := range map[string]map[string]string{
				"LISTEN-": {"LISTEN-1": "x", "LISTEN-2": ""}, "WORK-": {"WORK-0": "p0", "WORK-1": "p0"}, "NONE": {},
			} {
				got, err := g.Owners(t.Context(), prefix)
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("%s, %s: %v %s", name, prefix, err, diff)
				}
			}
		}
		kv.stall(true)
		if got, err := sole.Owners(t.Context(), ""); err == nil {
			t.Errorf("a watch that shows nothing: %v", got)
		}
	})
}
