package bus

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/topology"
)

// digestKey is where the deployment's key stands in SECRETS.
const digestKey = "digest"

// DigestLength is the length of a digest in characters.
const DigestLength = 26

var digestAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Digest stands for an address or a network's id wherever it could be read by others: subjects, journal, logs. It is
// keyed with the deployment's own key, because a bare hash of a phone number is enumerated in seconds. Parts are kept
// apart: ("ab", "c") is not ("a", "bc"). Call [Bus.Await] before.
func (b *Bus) Digest(parts ...string) string {
	mac := hmac.New(sha256.New, *b.digest.Load())
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		mac.Write(size[:])
		mac.Write([]byte(p))
	}
	return digestAlphabet.EncodeToString(mac.Sum(nil))[:DigestLength]
}

// ErrDigestKeyLost means that the deployment's key is gone while there are messages that were written with it. A new key
// would be no error that anybody sees, and contacts, refs and open questions would not be found any more.
var ErrDigestKeyLost = errors.New("the digest key is gone from the bucket SECRETS")

// provisionDigestKey makes the key of a new deployment: of one whose streams are empty, or where renew says so.
func (b *Bus) provisionDigestKey(ctx context.Context, networks []string, renew bool) error {
	_, _, err := b.Bucket(topology.Secrets).Get(ctx, digestKey)
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("digest key: %w", err)
	}
	holds, err := b.written(ctx, networks)
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	if len(holds) > 0 && !renew {
		return fmt.Errorf("%w, and what it is needed for is still there (%s). Bring it back: stop Puente and restore the stream KV_SECRETS "+
			"from a backup (of an embedded broker, the folder nats/jetstream/$G/streams/KV_SECRETS in the data folder)", ErrDigestKeyLost, strings.Join(holds, ", "))
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if _, err := b.Bucket(topology.Secrets).Create(ctx, digestKey, key); err != nil && !errors.Is(err, ErrExists) {
		return fmt.Errorf("digest key: %w", err)
	}
	return nil
}

// written says which streams and buckets hold something that may have been written with a digest key, and how much.
func (b *Bus) written(ctx context.Context, networks []string) (holds []string, err error) {
	var names []string
	for _, s := range topology.Streams(networks) {
		names = append(names, s.Name)
	}
	for _, bucket := range []string{topology.Contacts, topology.Context, topology.Replies} {
		names = append(names, "KV_"+bucket)
	}
	for _, name := range names {
		s, err := b.js().Stream(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		if n := s.CachedInfo().State.Msgs; n > 0 {
			holds = append(holds, fmt.Sprintf("%s: %d", name, n))
		}
	}
	return holds, nil
}

func (b *Bus) loadDigestKey(ctx context.Context) error {
	if b.digest.Load() != nil {
		return nil
	}
	key, _, err := b.Bucket(topology.Secrets).Get(ctx, digestKey)
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	b.digest.Store(&key)
	return nil
}
