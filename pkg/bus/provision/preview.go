package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
)

// Preview says in words, sorted, what [Apply] would make and change; nothing where all is as it should be. It changes nothing. It
// returns those errors of Apply that can be known before: a limit below what a stream holds, and [ErrDigestKeyLost]. Whether the servers
// have enough room only Apply finds out, by trying.
func Preview(ctx context.Context, b *bus.Bus, networks []string, storage Storage) (changes []string, err error) {
	all := topology.LimitsOf(networks, storage.Bytes, storage.sent())
	limits := all.ByName()
	there, err := inventoryOf(ctx, b, limits)
	if err != nil {
		return nil, err
	}
	if err := there.keepsAll(limits); err != nil {
		return nil, err
	}
	compare := func(kind, name, stream string, differs func(have jetstream.StreamConfig) []string) {
		info := there[stream]
		if info == nil {
			changes = append(changes, fmt.Sprintf("%s %s would be made", kind, name))
			return
		}
		for _, what := range differs(info.Config) {
			changes = append(changes, fmt.Sprintf("%s %s %s", kind, name, what))
		}
	}
	for _, s := range all.Streams {
		compare("stream", s.Name, s.Name, func(have jetstream.StreamConfig) []string { return unlike(configOf(s, storage.Replicas), have) })
	}
	for _, k := range all.Buckets {
		compare("bucket", k.Name, "KV_"+k.Name, func(have jetstream.StreamConfig) []string {
			need, all := have, bucketConfigOf(k, storage.Replicas, have.AllowRollup)
			need.MaxAge, need.MaxBytes, need.Replicas = all.MaxAge, all.MaxBytes, all.Replicas
			need.Description, need.Metadata = all.Description, all.Metadata
			return unlike(need, have)
		})
	}
	earlier, err := earlierMedia(ctx, b)
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		there[topology.EarlierMediaStream] = earlier
		compare("store", topology.EarlierMedia, topology.EarlierMediaStream, func(have jetstream.StreamConfig) []string {
			return unlike(earlierConfig(earlier, limits[topology.Files.Name], storage.Replicas), have)
		})
	}
	if storage.sent() == 0 {
		if gone, err := inventoryOf(ctx, b, map[string]int64{topology.Sent.Name: 0}); err != nil {
			return nil, err
		} else if len(gone) > 0 {
			changes = append(changes, fmt.Sprintf("stream %s would be removed, with what it holds", topology.Sent.Name))
		}
	}
	slices.Sort(changes)
	key, err := keyChange(ctx, b, networks, storage, there)
	return append(changes, key...), err
}

// unlike says what of a stream would be changed to what is needed. Each text follows the stream's name.
func unlike(need, have jetstream.StreamConfig) (changes []string) {
	subjects := func(c jetstream.StreamConfig) string {
		all := slices.Clone(c.Subjects)
		slices.Sort(all)
		return strings.Join(all, ", ")
	}
	for _, setting := range []struct {
		name string
		of   func(jetstream.StreamConfig) any
	}{
		{"description", func(c jetstream.StreamConfig) any { return cmp.Or(c.Description, "none") }},
		{"metadata", func(c jetstream.StreamConfig) any { return cmp.Or(ownMetadata(c), "none") }},
		{"subjects", func(c jetstream.StreamConfig) any { return subjects(c) }},
		{"retention", func(c jetstream.StreamConfig) any { return c.Retention.String() }},
		{"storage", func(c jetstream.StreamConfig) any { return c.Storage.String() }},
		{"replicas", func(c jetstream.StreamConfig) any { return max(1, c.Replicas) }},
		{"max age", func(c jetstream.StreamConfig) any { return c.MaxAge }},
		{"max bytes", func(c jetstream.StreamConfig) any { return limit(c.MaxBytes) }},
		{"max messages", func(c jetstream.StreamConfig) any { return limit(c.MaxMsgs) }},
		{"max messages of a subject", func(c jetstream.StreamConfig) any { return limit(c.MaxMsgsPerSubject) }},
		{"max message size", func(c jetstream.StreamConfig) any { return limit(int64(c.MaxMsgSize)) }},
		{"max consumers", func(c jetstream.StreamConfig) any { return limit(int64(c.MaxConsumers)) }},
		{"window of duplicates", func(c jetstream.StreamConfig) any { return c.Duplicates }},
		{"what it does when full", func(c jetstream.StreamConfig) any { return full(c) }},
		{"compression", func(c jetstream.StreamConfig) any { return strings.ToLower(c.Compression.String()) }},
		{"time to live per message", func(c jetstream.StreamConfig) any { return c.AllowMsgTTL }},
		{"atomic batches", func(c jetstream.StreamConfig) any { return c.AllowAtomicPublish }},
		{"reads from servers that are behind", func(c jetstream.StreamConfig) any { return c.AllowDirect }},
	} {
		if is, will := setting.of(have), setting.of(need); is != will {
			changes = append(changes, fmt.Sprintf("has %s %v, and would have %v", setting.name, is, will))
		}
	}
	return changes
}

// ownMetadata is the metadata of a stream that Puente gives it.
func ownMetadata(c jetstream.StreamConfig) string {
	var own []string
	for name, value := range c.Metadata {
		if strings.HasPrefix(name, metadataPrefix) {
			own = append(own, name+" = "+value)
		}
	}
	slices.Sort(own)
	return strings.Join(own, ", ")
}

// keyChange says whether a digest key would be made.
func keyChange(ctx context.Context, b *bus.Bus, networks []string, storage Storage, there inventory) ([]string, error) {
	const made = "a digest key would be made"
	if there["KV_"+topology.Secrets] == nil {
		return []string{made}, nil // with its bucket
	}
	stored, _, err := kv.Open(b, topology.Secrets).Get(ctx, digest.KeyName)
	if err == nil {
		return nil, storage.given(stored)
	}
	if !errors.Is(err, bus.ErrNotFound) {
		return nil, fmt.Errorf("digest key: %w", err)
	}
	if storage.DigestKey != nil {
		return []string{"the digest key of the configuration would be stored"}, nil
	}
	for _, name := range needers(networks) {
		if info := there[name]; info != nil && info.State.Msgs > 0 && !storage.NewDigestKey {
			return nil, fmt.Errorf("%w, and what it is needed for is still there (%s: %d)", ErrDigestKeyLost, name, info.State.Msgs)
		}
	}
	return []string{made}, nil
}
