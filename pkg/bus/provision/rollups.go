package provision

import (
	"context"
	"fmt"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// DenyRollups makes the buckets refuse roll-ups: with a roll-up, a service that may write one key could empty the whole bucket. [Apply]
// makes new buckets this way. Call it only when no process of an earlier version runs: those delete keys by roll-ups. It is safe to
// repeat, and costs a request for each bucket.
func DenyRollups(ctx context.Context, b *bus.Bus) error {
	for _, k := range topology.Buckets() {
		s, err := b.JetStream().Stream(ctx, "KV_"+k.Name)
		if err != nil {
			return fmt.Errorf("bucket %s: %w", k.Name, err)
		}
		c := s.CachedInfo().Config
		if !c.AllowRollup {
			continue
		}
		c.AllowRollup = false
		if _, err := b.JetStream().UpdateStream(ctx, c); err != nil {
			return fmt.Errorf("bucket %s: %w", k.Name, err)
		}
	}
	return nil
}
