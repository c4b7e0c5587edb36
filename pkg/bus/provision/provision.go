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
// [Storage].Bytes bounds what Puente takes of the disk of each server. [topology.LimitsOf] divides it: each stream has a limit of its own,
// so that a stream which is full takes no room of another. The limits follow from Bytes and the list of networks alone; with more
// networks each has less. A limit that is below what a stream holds would delete messages: [Apply] refuses it before it makes anything.
//
// # What goes on while it applies
//
// Services go on working. Limits and settings of a stream change without an interruption, and no consumer is touched. A service waits
// for a stream that is not there yet. It ends with [ErrUnfit] where it cannot work with a stream as it is. Where a stream has less than
// this version wants, such as a lower limit, it says so in its log and goes on.
//
// No stream that holds something is removed, with one exception: the stream SENT, where texts are no longer to be kept. What a
// deployment does not need any more is for the operator to delete.
//
// All functions but [Apply] are safe for concurrent use. Each request to the broker ends after [bus.RequestTimeout].
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

// Apply creates and updates all streams and buckets of a deployment, and makes the digest key of a new one. networks are names as the
// configuration has them. The streams of networks that are not named stay as they are. The stream SENT is made only where texts are
// to be kept ([Storage].Sent), and removed with what it holds where they are not. The store in which earlier versions kept
// attachments is never made; where it is there, its limit is lowered to what it still holds.
//
// A queue of an earlier version is converted: what it holds is copied, and goes back marked as a possible repeat. While processes of
// that version are connected, Apply fails with [ErrInUse] instead. The broker refuses any other change of a stream's retention: that
// needs a new stream. On which servers a stream is stays as somebody has chosen (its placement).
//
// These errors come before anything is made: a [RoomError] where the servers have less room than the limits need, and an error where
// a limit is below what a stream holds. [ErrDigestKeyLost] comes last, when the streams are there. After any other error some of
// the streams are made and others are not; call it again. One process at a time may call it: two versions at once would undo each
// other's changes.
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
			done, err := convert(ctx, b, s, there.chosen(configOf(s, replicas)), storage.Converted, step)
			if err != nil {
				return fmt.Errorf("convert stream %s: %w", s.Name, err)
			}
			if done {
				continue
			}
		}
		if _, err := b.JetStream().CreateOrUpdateStream(ctx, there.chosen(configOf(s, replicas))); err != nil {
			return fmt.Errorf("stream %s: %w", s.Name, err)
		}
	}
	if sent == 0 {
		if err := b.JetStream().DeleteStream(ctx, topology.Sent.Name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("remove stream %s: %w", topology.Sent.Name, err)
		}
	}
	for _, k := range all.Buckets {
		// an update that denied roll-ups here would keep processes of earlier versions from deleting keys: see DenyRollups
		before := there["KV_"+k.Name]
		config := there.chosen(bucketConfigOf(k, replicas, before != nil && before.Config.AllowRollup))
		if _, err := b.JetStream().CreateOrUpdateStream(ctx, config); err != nil {
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
