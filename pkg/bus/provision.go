package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// Provision creates and updates every stream, bucket and store of a deployment with these networks, and the digest
// key of a deployment that is new. Where the key is gone and streams hold messages, it returns [ErrDigestKeyLost]; where
// the servers have not the room, a [RoomError] before anything is made. It is
// safe to repeat, and for one process at a time: two versions would undo each other.
func (b *Bus) Provision(ctx context.Context, networks []string, storage Storage) error {
	all := topology.LimitsOf(networks, storage.Bytes)
	replicas, limits := storage.Replicas, all.ByName()
	there, err := b.inventory(ctx, limits)
	if err != nil {
		return err
	}
	if err := errors.Join(there.keepsAll(limits), b.room(ctx, there, limits, replicas)); err != nil {
		return err
	}
	for _, s := range all.Streams {
		if _, err := b.js().CreateOrUpdateStream(ctx, configOf(s, replicas)); err != nil {
			return fmt.Errorf("stream %s: %w", s.Name, err)
		}
	}
	for _, k := range all.Buckets {
		_, err := b.js().CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: k.Name, TTL: k.TTL, MaxBytes: k.MaxBytes, Replicas: replicas, History: 1, Storage: jetstream.FileStorage,
		})
		if err != nil {
			return fmt.Errorf("bucket %s: %w", k.Name, err)
		}
	}
	if _, err := b.js().CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{
		Bucket: topology.Media, TTL: topology.KeepMedia, MaxBytes: all.Media, Replicas: replicas, Storage: jetstream.FileStorage,
	}); err != nil {
		return fmt.Errorf("store %s: %w", topology.Media, err)
	}
	if err := b.writePlan(ctx, plan{cmp.Or(storage.Bytes, topology.DefaultStore), networks}); err != nil {
		return err
	}
	return b.provisionDigestKey(ctx, networks, storage.NewDigestKey)
}

// Await waits until the streams are there and the digest key is known: services in a cluster start in any order. It
// logs what of the streams is less than this version needs, and returns an error where it cannot work with them.
func (b *Bus) Await(ctx context.Context, streams ...string) error {
	told := ""
	for {
		err := b.Ready(ctx, streams...)
		if err == nil {
			err = b.loadDigestKey(ctx)
		}
		if err == nil {
			err = b.verify(ctx, streams)
		}
		if err == nil || errors.Is(err, ErrUnfit) {
			return err
		}
		if text := err.Error(); text != told {
			told = text
			b.log.Info("waiting for the streams", "err", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for streams: %w", err)
		case <-time.After(time.Second):
		}
	}
}

// verify logs what differs and can be worked with.
func (b *Bus) verify(ctx context.Context, names []string) error {
	var streams []topology.Stream
	for _, name := range names {
		if s, ok := topology.Declared(name); ok {
			streams = append(streams, s)
		}
	}
	if small := b.SmallPayload(); small != "" {
		b.log.Warn(small)
	}
	differences, err := b.Verify(ctx, streams...)
	for _, d := range differences {
		b.log.Warn("the broker's streams are not as this version needs them: puente apply puts them right", "difference", d)
	}
	return err
}
