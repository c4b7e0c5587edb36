package circuit

import (
	"fmt"
	"testing"
	"time"
)

// fail has contacts fail, from..to, and says whether the breaker is open then.
func (b *Breaker) fail(prefix string, from, to int, now time.Time) (open bool) {
	for i := from; i < to; i++ {
		open = b.Failed(fmt.Sprint(prefix, i), now)
	}
	return open
}

func TestTheBreakerOpensForSeveralAndNotForOne(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := New()
	for range 100 {
		if b.Failed("a", now) {
			t.Fatal("one contact opened it")
		}
	}
	if b.fail("b", 0, breakAt-2, now) {
		t.Error("open too early")
	}
	if !b.fail("c", 0, 1, now) {
		t.Error("not open")
	}
}

func TestAnOpenBreakerLetsOneProbe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := New()
	b.fail("a", 0, breakAt, now)
	if w := b.Wait("new", now, time.Minute, true); w != firstAsk {
		t.Errorf("a new contact waits %s", w)
	}
	now = now.Add(firstAsk)
	if w := b.Wait("new", now, time.Minute, true); w != 0 {
		t.Fatalf("nobody probes: %s", w)
	}
	if w := b.Wait("other", now, time.Minute, true); w == 0 {
		t.Error("two probe at once")
	}
	if w := b.Wait("other", now.Add(2*time.Minute), time.Minute, true); w != 0 {
		t.Errorf("a probe that never ended holds back: %s", w)
	}
	b.Failed("other", now)
	if w := b.Wait("a0", now.Add(2*time.Minute+1500*time.Millisecond), time.Minute, true); w == 0 {
		t.Error("a contact that failed is asked for as soon as a new one")
	}
	if !b.Answered("a0") || b.open {
		t.Error("an answer does not close it")
	}
}

func TestContactsThatFailAmongOthersOpenNothing(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := New()
	b.fail("x", 0, 2*breakAt, now)
	b.Answered("ann")
	for range 10 {
		if b.fail("x", 0, 2*breakAt, now) {
			t.Fatal("they opened it again")
		}
		b.Answered("ann")
	}
	b.Answered("x0")
	if b.fail("y", 0, breakAt-1, now) {
		t.Error("open too early")
	}
	if !b.Failed("x0", now) {
		t.Error("one that has recovered does not count")
	}
}
