package ingress

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestIngressGoesOnAnsweringAfterItWasToldToStop for as long as was said, and not at all where none was.
func TestIngressGoesOnAnsweringAfterItWasToldToStop(t *testing.T) {
	t.Parallel()
	for _, linger := range []time.Duration{0, 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			told, stop := context.WithCancel(t.Context())
			ctx, cancel := lingering(told, linger)
			defer cancel()
			time.Sleep(time.Minute)
			if ctx.Err() != nil {
				t.Fatal("over before anybody said so")
			}
			stop()
			if linger > 0 {
				time.Sleep(linger - 1)
				synctest.Wait()
				if ctx.Err() != nil {
					t.Errorf("over before %s", linger)
				}
			}
			time.Sleep(time.Second)
			synctest.Wait()
			if ctx.Err() == nil {
				t.Errorf("not over after %s", linger)
			}
		})
	}
}
