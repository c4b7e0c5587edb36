// Package provision makes the streams and buckets of a deployment at the broker, and says whether those that are
// there are what this version of the program needs. What they are to be is data in pkg/topology; what is in them is the
// business of others.
//
// One process at a time applies, mostly "puente apply"; every service awaits what it uses, and changes nothing:
//
//	err := provision.Apply(ctx, b, []string{"telegram"}, provision.Storage{Replicas: 3})
//	err := provision.Await(ctx, b, topology.Messages.Name)
//
// # Who may call what
//
// [Apply], [Preview], [DenyRollups] and [DropEarlierMedia] need the rights of an operator at a broker with accounts (rights.Operator).
// [Await] and [Verify] need what every service has: to ask how a stream stands, and to read the plan and the digest key.
//
// # What is bounded
//
// [Storage].Bytes bounds the disk of each server. It is divided by [topology.LimitsOf]: a limit follows from the networks and the whole
// alone (but for what versions before left, see [Apply]), and each stream has its own, so that one that is full takes no room of another. What a limit cannot do without loss is refused
// before anything is made. More networks make the streams of each smaller, and nothing else.
//
// # What goes on while it applies
//
// Services work on: limits and settings of a stream change without an interruption, and no consumer is touched. A service that needs a
// stream which is not there yet waits for it; one that cannot work with a stream as it is ends with [ErrUnfit]; one that would only like
// it otherwise says so in its log.
//
// Nothing here removes a stream that holds something, but the texts that are no longer to be kept: what a deployment no longer needs is
// the operator's to delete. Each function is safe for
// concurrent use but [Apply], and each request in it ends after [bus.RequestTimeout].
package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Apply creates and updates every stream and bucket of a deployment with these networks, and the digest key of a
// deployment that is new. What networks that are not named have is left as it is; the texts of sent messages are removed where
// none are to be kept. networks are names as the configuration has them; the platform's streams and those that are there once
// are always made, but for that of those texts.
//
// The store in which versions before kept attachments is never made; where it is, its limit follows what it still holds.
//
// Before anything is made it returns a [RoomError] where the servers have not the room, and an error where a limit would throw
// away what a stream holds. Where the key is gone and streams hold messages, it returns [ErrDigestKeyLost], the streams being
// there. Any other error leaves some of them made. It is safe to repeat, and for one process at a time: two versions would undo
// each other. A queue of a version
// before is converted, and with [ErrInUse] it is not, while processes of that version run. Any other change of the retention of a
// stream is refused by the broker: that needs a new stream.
func Apply(ctx context.Context, b *bus.Bus, networks []string, storage Storage) error {
	return apply(ctx, b, networks, storage, func() error { return nil })
}

// apply is [Apply]; step is called between the steps of a conversion.
func apply(ctx context.Context, b *bus.Bus, networks []string, storage Storage, step func() error) error {
	sent := storage.sent()
	all := topology.LimitsOf(networks, storage.Bytes, sent)
	replicas, limits := storage.Replicas, all.ByName()
	// all that can be refused is refused before the first stream is made: half a deployment is harder to understand than none
	there, err := inventoryOf(ctx, b, limits)
	if err != nil {
		return err
	}
	// before the servers are asked for room: it takes less from now on than it did
	earlier, err := earlierMedia(ctx, b)
	if err != nil {
		return err
	}
	if earlier != nil {
		c := earlierConfig(earlier, limits[topology.Files.Name], replicas)
		if len(unlike(c, earlier.Config)) > 0 {
			if _, err := b.JetStream().UpdateStream(ctx, c); err != nil {
				return fmt.Errorf("stream %s: %w", c.Name, err)
			}
		}
		limits[c.Name], there[c.Name] = c.MaxBytes, earlier
	}
	if err := errors.Join(there.keepsAll(limits), room(ctx, b, there, limits, replicas)); err != nil {
		return err
	}
	for _, s := range all.Streams {
		if s.Queue {
			if err := convert(ctx, b, s, configOf(s, replicas), storage.Converted, step); err != nil {
				return fmt.Errorf("convert stream %s: %w", s.Name, err)
			}
		}
		if _, err := b.JetStream().CreateOrUpdateStream(ctx, configOf(s, replicas)); err != nil {
			return fmt.Errorf("stream %s: %w", s.Name, err)
		}
	}
	if sent == 0 {
		if err := b.JetStream().DeleteStream(ctx, topology.Sent.Name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("remove stream %s: %w", topology.Sent.Name, err)
		}
	}
	for _, k := range all.Buckets {
		// an update that denied roll-ups here would keep processes of versions before from deleting keys: see DenyRollups
		before := there["KV_"+k.Name]
		_, err := b.JetStream().CreateOrUpdateStream(ctx, bucketConfigOf(k, replicas, before != nil && before.Config.AllowRollup))
		if err != nil {
			return fmt.Errorf("bucket %s: %w", k.Name, err)
		}
	}
	// only once everything is there: whoever verifies by the plan must not miss what was not made yet
	if err := writePlan(ctx, b, plan{cmp.Or(storage.Bytes, topology.DefaultStore), networks, &sent}); err != nil {
		return err
	}
	return provisionDigestKey(ctx, b, networks, storage)
}

// Await waits until the streams are there and the digest key is known, looking once a second: services in a cluster start in
// any order. It logs what it waits for, once for each reason, and what of the streams is less than this version needs. It
// returns [ErrUnfit] where this version cannot work with them, and, when the context has ended, an error that says what was still
// missing. After it [bus.Bus.Digest] works, and the metrics tell of these streams. Every service calls it before it does anything.
func Await(ctx context.Context, b *bus.Bus, streams ...string) error {
	b.Measures(streams...)
	told := "" // the reason that was logged last
	for {
		err := b.Ready(ctx, streams...)
		if err == nil {
			err = LoadDigestKey(ctx, b)
		}
		if err == nil {
			err = verify(ctx, b, streams)
		}
		if err == nil || errors.Is(err, ErrUnfit) {
			return err
		}
		if text := err.Error(); text != told {
			told = text
			b.Logger().Info("waiting for the streams", "err", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for streams: %w", err)
		case <-time.After(time.Second):
		}
	}
}

// verify logs what differs and can be worked with, and returns what cannot. Streams of somebody else are not looked at.
func verify(ctx context.Context, b *bus.Bus, names []string) error {
	var streams []topology.Stream
	for _, name := range names {
		if s, ok := topology.Declared(name); ok {
			streams = append(streams, s)
		}
	}
	if small := SmallPayload(b); small != "" {
		b.Logger().Warn(small)
	}
	differences, err := Verify(ctx, b, streams...)
	for _, d := range differences {
		b.Logger().Warn("the broker's streams are not as this version needs them: puente apply puts them right", "difference", d)
	}
	return err
}
