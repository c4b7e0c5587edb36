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
		held, each, grows uint64 // MB that are held, that are allocated between two looks, and that are held more after each
		want              int    // of 30 looks
	}{
		"idle":                      {held: 200, each: 1, grows: 1, want: 4}, // once after the start, then after every eighth of 50 MB
		"idle, and nothing to gain": {held: 200, each: 1, grows: 0, want: 1},
		"under load":                {held: 200, each: 500, grows: 50, want: 0},
		"just idle":                 {held: 200, each: 8, grows: 8, want: 10},
		"just not":                  {held: 200, each: 9, grows: 0, want: 0},
		"much held, idle beside it": {held: 2000, each: 60, grows: 0, want: 1},
		"much held, and busy":       {held: 2000, each: 70, grows: 0, want: 0},
	} {
		q, held, gave := quiet{}, test.held*mb, 0
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
