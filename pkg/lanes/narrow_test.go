package lanes_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/lanes"
)

// TestANarrowedWindowDoubles: after a hold not all ask at once. One does, and each that is taken lets twice as many.
func TestANarrowedWindowDoubles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, next := 0, lanes.Next{Keep: true, After: time.Hour}
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 10}, func(context.Context, int) lanes.Next {
			mu.Lock()
			running++
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			running--
			return next
		})
		for i := range 400 {
			s.Push(fmt.Sprint(i), i)
		}
		// turns begin and end with whole seconds; it is looked in between
		time.Sleep(500 * time.Millisecond)
		come := func(n lanes.Next, seconds int) (at []int) {
			mu.Lock()
			next = n
			mu.Unlock()
			for range seconds {
				time.Sleep(time.Second)
				mu.Lock()
				at = append(at, running)
				mu.Unlock()
			}
			return at
		}
		expect := func(what string, n lanes.Next, want ...int) {
			t.Helper()
			if diff := cmp.Diff(want, come(n, len(want))); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
		kept := lanes.Next{Keep: true, After: time.Hour}
		expect("in the beginning", kept, 4, 4)
		s.Narrow()
		expect("none is taken", kept, 1, 1, 1)
		expect("all are answered, none is taken", lanes.Next{Keep: true, After: time.Hour, Answered: true}, 2, 4, 4)
		expect("all fail", lanes.Next{Keep: true, After: time.Hour, Bad: true}, 1, 1)
		expect("all are taken", lanes.Next{Good: true}, 2, 8, 10, 10)
		expect("all fail after the window was whole", lanes.Next{Keep: true, After: time.Hour, Bad: true}, 4, 4)
		s.Stop()
	})
}

func TestHowLanesStand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		release := make(chan struct{})
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 1}, func(_ context.Context, item string) lanes.Next {
			switch item {
			case "waits":
				return lanes.Next{Keep: true, After: time.Minute}
			case "works":
				<-release
			}
			return lanes.Next{}
		})
		for _, lane := range []string{"waits", "works", "ready"} {
			s.Push(lane, lane)
			s.Push(lane, lane+" 2")
			synctest.Wait()
		}
		look := func() map[string]string {
			all := map[string]string{}
			s.Each(func(key string, l lanes.State[string]) {
				due := "-"
				if !l.Due.IsZero() {
					due = l.Due.Sub(began).String()
				}
				all[key] = fmt.Sprintf("%v working=%t due=%s", l.Items, l.Working, due)
			})
			return all
		}
		if diff := cmp.Diff(map[string]string{
			"waits": "[waits waits 2] working=false due=1m0s",
			"works": "[works works 2] working=true due=-",
			"ready": "[ready ready 2] working=false due=-",
		}, look()); diff != "" {
			t.Error(diff)
		}
		close(release)
		synctest.Wait()
		if diff := cmp.Diff(map[string]string{"waits": "[waits waits 2] working=false due=1m0s"}, look()); diff != "" {
			t.Error(diff)
		}
		s.Stop()
	})
}
