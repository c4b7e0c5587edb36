//go:build unix

package delivery_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/shard/shardtest"
)

// BenchmarkSending is what one message takes from its queue to its outcome, of many contacts at once, with and without its text
// being kept. A broker in the same process stores everything, so that what it does is part of the figures. On a machine that does
// other things too, the CPU tells more than the time.
func BenchmarkSending(b *testing.B) {
	for _, keep := range []bool{false, true} {
		name := map[bool]string{true: "kept", false: "not kept"}[keep]
		b.Run(name, func(b *testing.B) {
			s := bustest.Start(b, far)
			publisher := s.Connect("translator")
			n := &network{}
			c := config(n)
			c.Keep, c.Concurrency = keep, 64
			var posts []bus.Post
			for i := range b.N {
				e := event(fmt.Sprintf("%032x", i), fmt.Sprintf("c%d", i%1000), 0, 1)
				e.GetMessage().Content.GetText().Body = strings.Repeat("x", 160)
				posts = append(posts, post(e))
			}
			stored := make([]func(context.Context) error, 0, len(posts))
			for i, p := range posts {
				stored = append(stored, publisher.PublishLater(b.Context(), p))
				if i >= 1000 {
					if err := stored[i-1000](b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			}
			for _, wait := range stored[max(0, len(stored)-1000):] {
				if err := wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			egress := s.Connect("egress-testnet")
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan struct{})
			before := spent(b)
			b.ResetTimer()
			go func() { defer close(ended); _ = c.Run(ctx, egress, shardtest.Sole(egress)) }()
			for left := uint64(1); left > 0; {
				var err error
				if left, err = publisher.Backlog(b.Context(), far, channel); err != nil {
					b.Fatal(err)
				}
				time.Sleep(5 * time.Millisecond) // asking costs CPU, too
			}
			cancel()
			<-ended // what is under way is stored, too
			b.ReportMetric(float64((spent(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// spent is the CPU that this process has taken.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
