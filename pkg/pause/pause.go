// Package pause waits for a while, but no longer than a context lives. A plain sleep would hold up the end of a process.
//
//	for pause.For(ctx, time.Second) == nil {
//		look()
//	}
package pause

import (
	"context"
	"time"
)

// For waits so long and returns nil, or returns the context's error as soon as it has one. A duration of 0 or less ends at
// once.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
