package lanes_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/bonychat/puente/pkg/lanes"
)

// BenchmarkLanes is one item's way: pushed, its turn, taken off. What is done in a turn needs some stack, as real work
// does.
func BenchmarkLanes(b *testing.B) {
	for _, contacts := range []int{1, 64, 10_000} {
		b.Run(fmt.Sprintf("%d contacts", contacts), func(b *testing.B) {
			b.ReportAllocs()
			keys := make([]string, contacts)
			for i := range keys {
				keys[i] = fmt.Sprintf("out/ch1/p%d", i)
			}
			var done atomic.Int64
			room := make(chan struct{}, 4096)
			s := lanes.New(b.Context(), lanes.Options{Concurrency: 64, Open: true}, func(_ context.Context, i int) lanes.Next {
				deep(32)
				done.Add(1)
				<-room
				return lanes.Next{}
			})
			n := 0
			for b.Loop() {
				room <- struct{}{}
				s.Push(keys[n%contacts], n)
				n++
			}
			for s.Len() > 0 {
				// the last few are on their way
			}
			s.Stop()
			if int(done.Load()) != n {
				b.Fatalf("%d of %d done", done.Load(), n)
			}
		})
	}
}

// BenchmarkOneAtATime is an item's way where nothing else is to be done, as on most channels: its turn is over before the next item
// comes.
func BenchmarkOneAtATime(b *testing.B) {
	b.ReportAllocs()
	done := make(chan struct{})
	s := lanes.New(b.Context(), lanes.Options{Concurrency: 64}, func(context.Context, int) lanes.Next {
		deep(64)
		done <- struct{}{}
		return lanes.Next{Good: true}
	})
	defer s.Stop()
	for b.Loop() {
		s.Push("ann", 1)
		<-done
	}
}

//go:noinline
func deep(n int) int {
	var room [128]byte
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1) + int(room[n%len(room)])
}
