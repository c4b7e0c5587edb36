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
		each, grows uint64 // MB that are allocated between two looks, and that are held more
		want        int    // of 30 looks
	}{
		"idle":                      {each: 1, grows: 1, want: 7}, // once after the start, then after every 4 MB
		"idle, and nothing to gain": {each: 1, grows: 0, want: 1},
		"under load":                {each: 500, grows: 50, want: 0},
		"just idle":                 {each: 8, grows: 8, want: 10},
	} {
		q, held, gave := quiet{}, uint64(200*mb), 0
		for look := range uint64(30) {
			allocated := (look + 1) * test.each * mb
			held += test.grows * mb
			if q.look(heap{allocated, held}) {
				gave++
				held = 50 * mb
				q.gave(heap{allocated, held})
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
