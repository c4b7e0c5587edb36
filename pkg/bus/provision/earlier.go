package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// earlierMedia is the store in which earlier versions kept attachments; nil where there is none.
func earlierMedia(ctx context.Context, b *bus.Bus) (*jetstream.StreamInfo, error) {
	s, err := b.JetStream().Stream(ctx, topology.EarlierMediaStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", topology.EarlierMediaStream, err)
	}
	return s.CachedInfo(), nil
}

// earlierConfig is what that store is to be from now on. Its limit follows what it holds, in eighths of what the attachments of this
// version may take, and is never raised: it keeps all that it has, and between one and two eighths more, for services of a version
// before that still run. So the servers have room for the attachments of this version beside it.
func earlierConfig(have *jetstream.StreamInfo, files int64, replicas int) jetstream.StreamConfig {
	c := have.Config
	eighth := max(1, files/8)
	if most := (int64(have.State.Bytes)/eighth + 2) * eighth; c.MaxBytes <= 0 || most < c.MaxBytes {
		c.MaxBytes = most
	}
	c.Replicas = max(1, replicas)
	return c
}

// DropEarlierMedia removes the store in which earlier versions kept attachments, once it is empty, and says whether it did. Call it only
// when no process of such a version runs (service.AllRead says so): one that runs could store no file any more.
func DropEarlierMedia(ctx context.Context, b *bus.Bus) (dropped bool, err error) {
	have, err := earlierMedia(ctx, b)
	if err != nil || have == nil || have.State.Msgs > 0 {
		return false, err
	}
	if err := b.JetStream().DeleteStream(ctx, topology.EarlierMediaStream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, fmt.Errorf("remove stream %s: %w", topology.EarlierMediaStream, err)
	}
	return true, nil
}
