package provision

import (
	"context"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Remake deletes a stream and makes it anew as it is told, as another version or a restore from an old backup does.
func Remake(ctx context.Context, b *bus.Bus, s topology.Stream) error {
	if err := b.JetStream().DeleteStream(ctx, s.Name); err != nil {
		return err
	}
	_, err := b.JetStream().CreateStream(ctx, configOf(s, 1))
	return err
}
