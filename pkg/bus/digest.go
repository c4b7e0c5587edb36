package bus

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"

	"github.com/bonychat/puente/pkg/topology"
)

// DigestKey is where the deployment's key stands in the bucket SECRETS. Package provision makes it, once for a deployment.
const DigestKey = "digest"

// DigestLength is the length of a digest in characters.
const DigestLength = 26

// digestAlphabet makes digests that can be a part of a subject, a key and a URL as they are. 26 letters of 5 bits hold 130 of
// HMAC's 256 bits: more than a UUID has.
var digestAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Digest stands for an address or a network's id wherever it could be read by others: subjects, journal, logs. It is
// keyed with the deployment's own key, because a bare hash of a phone number is enumerated in seconds. Digests of two purposes
// have nothing in common. Parts are kept apart: ("ab", "c") is not ("a", "bc"). It is [DigestLength] characters of a-z and 2-7, the
// same for the same parts in every process of the deployment, and cannot be turned back. Before [Bus.LoadDigestKey] has succeeded
// it panics: a digest without the key would be stored, and never be found again.
func (b *Bus) Digest(of Purpose, parts ...string) string {
	keys := *b.digest.Load()
	key, ok := keys[of]
	if !ok {
		panic("bus: a digest without a purpose")
	}
	mac := hmac.New(sha256.New, key)
	add := func(part string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		mac.Write(size[:])
		mac.Write([]byte(part))
	}
	if !of.derived {
		add(of.label)
	}
	for _, p := range parts {
		add(p)
	}
	return digestAlphabet.EncodeToString(mac.Sum(nil))[:DigestLength]
}

// digestKeys are the keys of all purposes.
type digestKeys map[Purpose][]byte

// keysOf are those that follow from the deployment's key. A derived one is the output of HKDF-SHA256 (RFC 5869) without salt, the
// deployment's key being random, with the purpose in its info.
func keysOf(key []byte) (digestKeys, error) {
	keys := digestKeys{}
	for _, p := range Purposes() {
		keys[p] = key
		if p.derived {
			own, err := hkdf.Key(sha256.New, key, nil, "puente digest "+p.label, sha256.Size)
			if err != nil {
				return nil, fmt.Errorf("digest key: %w", err)
			}
			keys[p] = own
		}
	}
	return keys, nil
}

// LoadDigestKey reads the deployment's key, once for the process; [Bus.Digest] needs it. A key that changes later is not
// noticed: every process of the deployment has to be started again then. It fails with [ErrNotFound] while there is none; a
// further call after success costs nothing.
func (b *Bus) LoadDigestKey(ctx context.Context) error {
	if b.digest.Load() != nil {
		return nil
	}
	key, _, err := b.Bucket(topology.Secrets).Get(ctx, DigestKey)
	if err != nil {
		return fmt.Errorf("digest key: %w", err)
	}
	keys, err := keysOf(key)
	if err != nil {
		return err
	}
	b.digest.Store(&keys)
	return nil
}
