package provision

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

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

// RemakeQueue is [Remake] as earlier versions made queues.
func RemakeQueue(ctx context.Context, b *bus.Bus, s topology.Stream) error {
	if err := b.JetStream().DeleteStream(ctx, s.Name); err != nil {
		return err
	}
	c := configOf(s, 1)
	c.Retention = jetstream.WorkQueuePolicy
	_, err := b.JetStream().CreateStream(ctx, c)
	return err
}

// ApplyInterrupted is [Apply] with a function that is called between the steps of a conversion, and may end it.
var ApplyInterrupted = apply

// Convert converts one queue, with a function as that of [ApplyInterrupted].
func Convert(ctx context.Context, b *bus.Bus, s topology.Stream, step func() error) error {
	_, err := convert(ctx, b, s, configOf(s, 1), nil, step)
	return err
}
