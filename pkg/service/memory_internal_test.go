package service

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TestMemoryIsGivenBackWhereThereIsLittleToDo: not under load, not again and again, and not where there is nothing to gain.
func TestMemoryIsGivenBackWhereThereIsLittleToDo(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for name, test := range map[string]struct {
		each uint64 // MB that are allocated between two looks
		held uint64 // MB, of which 50 live
		want int    // of nine looks
	}{
		"idle after a start":    {each: 1, held: 200, want: 3},
		"under load":            {each: 500, held: 200, want: 0},
		"idle and given back":   {each: 1, held: 55, want: 0},
		"as little as it takes": {each: 8, held: 58, want: 3},
	} {
		q, gave := quiet{}, 0
		for look := range uint64(9) {
			if q.look(heap{allocated: (look + 1) * test.each * mb, live: 50 * mb, held: test.held * mb}) {
				gave++
			}
		}
		if gave != test.want {
			t.Errorf("%s: given back %d times, want %d", name, gave, test.want)
		}
	}
}

// TestTheHeapIsReadAsItIs: what is allocated, held and given back shows.
func TestTheHeapIsReadAsItIs(t *testing.T) {
	const size = 64 << 20
	before := readHeap()
	during := func() heap {
		big := make([]byte, size)
		defer runtime.KeepAlive(big)
		return readHeap()
	}()
	debug.FreeOSMemory()
	after := readHeap()
	if during.allocated-before.allocated < size || during.held < size || after.held+size/2 > during.held {
		t.Errorf("before %+v, during %+v, after %+v", before, during, after)
	}
}
