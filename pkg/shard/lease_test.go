package shard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/shard"
)

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

// TestAnUpdateWhoseAnswerIsLostIsNoLoss: the next one finds out who wrote, and nothing has to be given up.
func TestAnUpdateWhoseAnswerIsLostIsNoLoss(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		l := p.lease("work.0")
		p.meet(of(unanswered))
		ctx, cancel := context.WithTimeout(t.Context(), second)
		defer cancel()
		if err := l.Update(ctx, func(r *shard.Record) { r.Position = 5 }); err == nil || errors.Is(err, shard.ErrLost) {
			t.Errorf("without an answer: %v", err)
		}
		p.meet(nil)
		if err := l.Update(t.Context(), func(r *shard.Record) { r.Cursor = "x" }); err != nil || !l.Valid() {
			t.Errorf("the next: %v", err)
		}
		want := shard.Record{Owner: "p0", Position: 5, Cursor: "x"}
		if diff := cmp.Diff(want, l.Record()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, c.records()["WORK-0"]); diff != "" || p.timesTaken("work.0") != 1 {
			t.Errorf("taken %d times %s", p.timesTaken("work.0"), diff)
		}
	})
}

// TestAnUpdateWaitsForTheOneBefore, for as long as its context lives; what asks for the lease's state does not wait.
func TestAnUpdateWaitsForTheOneBefore(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		l := p.lease("work.0")
		p.meet(of(lost))
		first := make(chan error)
		go func() { first <- l.Update(t.Context(), func(r *shard.Record) { r.Position = 5 }) }()
		time.Sleep(second)
		asked := time.Now()
		if !l.Valid() || l.Record().Position != 0 || l.Revision() == 0 || time.Now() != asked {
			t.Error("the lease's state waits for the bucket")
		}
		ctx, cancel := context.WithTimeout(t.Context(), second)
		defer cancel()
		if err := l.Update(ctx, func(*shard.Record) {}); !errors.Is(err, context.DeadlineExceeded) || time.Since(asked) != second {
			t.Errorf("after %s: %v", time.Since(asked), err)
		}
		if err := <-first; err == nil {
			t.Error("what was lost is stored")
		}
	})
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

// TestAnUpdateLeavesAnothersRecordAlone, also before the watch has shown that it is another's.
func TestAnUpdateLeavesAnothersRecordAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(t *testing.T, c *cluster) {
		p := c.start()
		c.within(15*second, "it owns", c.shared(p))
		l := p.lease("work.0")
		p.stall(true)
		if err := c.store.line().Put(t.Context(), "unit.worker.WORK-0", []byte(`{"owner":"stranger","position":9}`)); err != nil {
			t.Fatal(err)
		}
		if err := l.Update(t.Context(), func(r *shard.Record) { r.Position = 5 }); !errors.Is(err, shard.ErrLost) || l.Valid() {
			t.Errorf("update: %v", err)
		}
		if diff := cmp.Diff(shard.Record{Owner: "stranger", Position: 9}, c.records()["WORK-0"]); diff != "" {
			t.Error(diff)
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
