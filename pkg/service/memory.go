package service

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/bonychat/puente/pkg/pause"
)

// gcPercent makes the heap four times what lives in it: a bridge holds little and makes much garbage, and collecting it
// at twice, Go's own default, takes a tenth of the CPU.
const gcPercent = 300

// Memory says how much memory this process may take for less work of the garbage collector, unless GOGC or GOMEMLIMIT
// say it: at most nine tenths of what its container or machine has, where the collector works harder instead. While the process
// has little to do it gives the rest back: what a start or a burst has made stays no longer than a minute. Call it once, first; stop
// ends what it does, and waits for it.
func Memory() (stop func()) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// an error means that nobody says how much there is
	_, _ = memlimit.Set(
		memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)), memlimit.WithRatio(0.9),
	)
	ctx, cancel := context.WithCancel(context.Background())
	var giving sync.WaitGroup
	giving.Go(func() { giveBack(ctx) })
	return func() {
		cancel()
		giving.Wait()
	}
}

const (
	// lookEvery is how often it is looked whether the process has little to do, and quietLooks how many such looks in a row it takes
	// until memory is given back.
	lookEvery, quietLooks = 10 * time.Second, 3
	// quietLeast and quietPart are what a process with little to do allocates between two looks at most: 8 MB, or that part of what
	// it holds. With very many channels it reads their configuration anew where some of it has changed, which is little beside what it holds.
	quietLeast, quietPart = 8 << 20, 32
	// worthLeast and worthPart are what it has to hold more than when it last gave back, since giving back takes a collection, whose
	// cost grows with what is held: 4 MB, or that part of it.
	worthLeast, worthPart = 4 << 20, 8
)

// giveBack gives back memory that is not needed while the process has little to do, until the context ends.
func giveBack(ctx context.Context) {
	q := quiet{now: readHeap()}
	for pause.For(ctx, lookEvery) == nil {
		if q.look(readHeap()) {
			debug.FreeOSMemory()
			q.gave(readHeap())
		}
	}
}

// heap is what the runtime says of it, in bytes.
type heap struct {
	allocated uint64 // since the start of the process
	held      uint64 // of the system's memory
}

// quiet is for how long a process has had little to do.
type quiet struct {
	now   heap
	looks int
	least uint64 // what was held after it was last given back; 0 before the first time
}

// look takes in how the heap is now, and says whether memory is to be given back.
func (q *quiet) look(now heap) bool {
	before := q.now
	q.now = now
	if now.allocated-before.allocated > max(quietLeast, now.held/quietPart) {
		q.looks = 0
		return false
	}
	q.looks++
	return q.looks >= quietLooks && now.held >= q.least+max(worthLeast, q.least/worthPart)
}

// gave notes that memory was given back, and what is left.
func (q *quiet) gave(now heap) { q.now, q.looks, q.least = now, 0, now.held }

// readHeap asks the runtime; it stops nothing.
func readHeap() heap {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	of := func(i int) uint64 { return samples[i].Value.Uint64() }
	return heap{allocated: of(0), held: of(1) + of(2) + of(3)}
}
