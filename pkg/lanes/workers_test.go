package lanes_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/lanes"
)

// TestAGoroutineIsUsedAgain: for a second after its work, also by another set with the same workers; then it ends.
func TestAGoroutineIsUsedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		workers := lanes.NewWorkers()
		defer workers.Stop()
		var by []string
		work := func(context.Context, int) lanes.Next {
			by = append(by, whoami())
			return lanes.Next{}
		}
		one := lanes.New(t.Context(), lanes.Options{Concurrency: 4, Workers: workers}, work)
		other := lanes.New(t.Context(), lanes.Options{Concurrency: 4, Workers: workers}, work)
		defer one.Stop()
		defer other.Stop()
		for _, s := range []*lanes.Set[int]{one, other, one} {
			s.Push("ann", 1)
			synctest.Wait()
			time.Sleep(900 * time.Millisecond)
		}
		time.Sleep(time.Second)
		one.Push("ann", 1)
		synctest.Wait()
		if len(by) != 4 || by[0] != by[1] || by[1] != by[2] || by[2] == by[3] {
			t.Errorf("worked on by %v", by)
		}
	})
}

// TestASetThatIsStoppedLeavesNoGoroutine: its own workers end at once.
func TestASetThatIsStoppedLeavesNoGoroutine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := lanes.New(t.Context(), lanes.Options{Concurrency: 4}, func(context.Context, int) lanes.Next { return lanes.Next{} })
		s.Push("ann", 1)
		synctest.Wait()
		begun := time.Now()
		s.Stop()
		if took := time.Since(begun); took > 0 {
			t.Errorf("it took %s", took)
		}
	})
}

// whoami is the name of the goroutine.
func whoami() string {
	stack := make([]byte, 64)
	name, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), " [")
	return name
}
