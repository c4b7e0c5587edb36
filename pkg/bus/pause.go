package bus

import (
	"context"
	"time"
)

// Pause waits so long and returns nil, or returns the context's error as soon as it has one. A duration of 0 or less ends at
// once.
func Pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
