package provision

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"
)

// ErrDigestKeyLost means that the deployment's key is gone while streams hold digests that were made with it. A new key would look
// fine and lose data: contacts, the networks' ids of messages and open questions would not be found any more. The text of the error
// says which folder or stream has to be restored. [Storage].NewDigestKey makes a new key all the same.
var ErrDigestKeyLost = errors.New("the digest key is gone from the bucket SECRETS")

// ErrDigestKeyDiffers means that the configured digest key is not the one that the deployment works with. With the configured one,
// nothing that was written so far would be found again. Nothing was changed.
var ErrDigestKeyDiffers = errors.New("the digest key of the configuration is not the one that this deployment works with: it belongs to another, or the file is the wrong one")

// given says whether the key that is stored is the one that is configured, where one is; nil for stored where none is there.
func (s Storage) given(stored []byte) error {
	if s.DigestKey != nil && stored != nil && !hmac.Equal(stored, s.DigestKey) {
		return ErrDigestKeyDiffers
	}
	return nil
}

// provisionDigestKey makes the key of a new deployment: of one whose streams are empty, or where [Storage].NewDigestKey says so. It comes
// last of all that is applied: every service waits for the key, and begins with streams that are whole. The key is 32 random bytes; it
// is told to nobody, and stands in no error.
func provisionDigestKey(ctx context.Context, b *bus.Bus, networks []string, storage Storage) error {
	stored, _, err := kv.Open(b, topology.Secrets).Get(ctx, digest.KeyName)
	if err == nil {
		return storage.given(stored)
	}
	if !errors.Is(err, bus.ErrNotFound) {
		return fmt.Errorf("digest key: %w", err)
	}
	if storage.DigestKey != nil {
		return createDigestKey(ctx, b, storage.DigestKey, storage)
	}
	// a new deployment and one that has lost its key look the same but for what they hold
	holds, err := written(ctx, b, networks)
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	if len(holds) > 0 && !storage.NewDigestKey {
		return fmt.Errorf("%w, and what it is needed for is still there (%s). Bring it back: stop Puente and restore the stream KV_SECRETS "+
			"from a backup (of an embedded broker, the folder nats/jetstream/$G/streams/KV_SECRETS in the data folder)", ErrDigestKeyLost, strings.Join(holds, ", "))
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return createDigestKey(ctx, b, key, storage)
}

// createDigestKey stores a key. Somebody who was faster made it: then everybody uses that one, if it may be.
func createDigestKey(ctx context.Context, b *bus.Bus, key []byte, storage Storage) error {
	_, err := kv.Open(b, topology.Secrets).Create(ctx, digest.KeyName, key)
	if errors.Is(err, bus.ErrExists) {
		var stored []byte
		if stored, _, err = kv.Open(b, topology.Secrets).Get(ctx, digest.KeyName); err == nil {
			return storage.given(stored)
		}
	}
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	return nil
}

// written is how a new deployment is told from one that has lost its key: it says which streams and buckets hold something
// that may have been written with a digest key, and how much. One message is enough: a deployment that has never worked holds none.
func written(ctx context.Context, b *bus.Bus, networks []string) (holds []string, err error) {
	for _, name := range needers(networks) {
		s, err := b.JetStream().Stream(ctx, name)
		if name == topology.Sent.Name && errors.Is(err, jetstream.ErrStreamNotFound) {
			continue // nothing is to be kept
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		if n := s.CachedInfo().State.Msgs; n > 0 {
			holds = append(holds, fmt.Sprintf("%s: %d", name, n))
		}
	}
	return holds, nil
}

// needers are the streams and buckets whose content was written with a digest key.
func needers(networks []string) (names []string) {
	for _, s := range topology.Streams(networks) {
		names = append(names, s.Name)
	}
	for _, bucket := range []string{topology.Contacts, topology.Context, topology.Replies} {
		names = append(names, "KV_"+bucket)
	}
	return names
}

// LoadDigestKey reads the deployment's key, once for the process; [bus.Bus.Digest] needs it. A key that changes later is not
// noticed: every process of the deployment has to be started again then. It fails with [bus.ErrNotFound] while there is none; a
// further call after success costs nothing.
func LoadDigestKey(ctx context.Context, b *bus.Bus) error {
	if b.HasDigestKeys() {
		return nil
	}
	key, _, err := kv.Open(b, topology.Secrets).Get(ctx, digest.KeyName)
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	keys, err := digest.KeysOf(key)
	if err != nil {
		return err
	}
	b.SetDigestKeys(keys)
	return nil
}
