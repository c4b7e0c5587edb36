package lanes_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/lanes"
)

// log keeps what was worked on, with the time since it was made.
type log struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (l *log) add(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("%s@%s", what, time.Since(l.start).Round(time.Millisecond)))
}

func TestAWaitingHeadHoldsBackItsLaneOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		tries := map[string]int{}
		var mu sync.Mutex
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 1}, func(_ context.Context, item string) lanes.Next {
			l.add(item)
			mu.Lock()
			defer mu.Unlock()
			if tries[item]++; item == "a1" && tries[item] < 3 {
				return lanes.Next{Keep: true, After: 6 * time.Second}
			}
			return lanes.Next{}
		})
		s.Push("a", "a1")
		s.Push("a", "a2")
		s.Push("b", "b1")
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"a1@0s", "b1@0s", "a1@6s", "a1@12s", "a2@12s"}
		if diff := cmp.Diff(want, l.lines); diff != "" {
			t.Error(diff)
		}
		s.Stop()
	})
}

func TestLanesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 1}, func(_ context.Context, item string) lanes.Next {
			l.add(item)
			time.Sleep(time.Second)
			return lanes.Next{}
		})
		for i := range 3 {
			s.Push("a", fmt.Sprintf("a%d", i))
		}
		s.Push("b", "b0")
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"a0@0s", "b0@1s", "a1@2s", "a2@3s"}
		if diff := cmp.Diff(want, l.lines); diff != "" {
			t.Error(diff)
		}
		s.Stop()
	})
}

func TestTheWindowOpensWithSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most := 0, 0
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 16}, func(context.Context, int) lanes.Next {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return lanes.Next{Good: true}
		})
		for i := range 200 {
			s.Push(fmt.Sprint(i), i)
		}
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		mu.Lock()
		if most != 4 {
			t.Errorf("%d at once before the first success, want 4", most)
		}
		mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		s.Stop()
		if most != 16 {
			t.Errorf("%d at once at most, want 16", most)
		}
		s.Stop()
	})
}

func TestAPauseStartsNothingAndAWakeEndsWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		first := true
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 4}, func(_ context.Context, item string) lanes.Next {
			l.add(item)
			if first {
				first = false
				return lanes.Next{Keep: true, After: time.Hour}
			}
			return lanes.Next{}
		})
		s.Push("a", "a1")
		synctest.Wait()
		s.Pause(5 * time.Second)
		s.Push("b", "b1")
		s.Wake()
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"a1@0s", "a1@5s", "b1@5s"}
		slices.Sort(l.lines) // the two of the fifth second run at once
		if diff := cmp.Diff(want, l.lines); diff != "" {
			t.Error(diff)
		}
		s.Stop()
	})
}

func TestStopWaitsForWhatRunsAndStartsNothingMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 1}, func(_ context.Context, item string) lanes.Next {
			time.Sleep(3 * time.Second)
			l.add(item)
			return lanes.Next{}
		})
		s.Push("a", "a1")
		s.Push("a", "a2")
		s.Push("b", "b1")
		synctest.Wait()
		s.Stop()
		s.Push("c", "c1")
		time.Sleep(time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]string{"a1@3s"}, l.lines); diff != "" {
			t.Error(diff)
		}
	})
}
