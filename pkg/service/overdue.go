package service

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"time"
)

// EndWithin is how long a process may take to end, beside what its configuration gives to a stop. What is stored is safe
// at any moment: one that hangs is of no use.
const EndWithin = 40 * time.Second

// Overdue ends the process with status 1 where it still runs so long after the context has ended, and logs
// where it hangs. It asks how long when the context ends. The function says that it has ended in time; call it once.
func Overdue(ctx context.Context, within func() time.Duration) (ended func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		within := within()
		select {
		case <-done:
		case <-time.After(within):
			stacks := make([]byte, 1<<20)
			// by whatever log the process has by now
			slog.Error("not ended in time", "within", within.String(), "goroutines", string(stacks[:runtime.Stack(stacks, true)]))
			os.Exit(1)
		}
	})
	return func() {
		stop()
		close(done)
	}
}
