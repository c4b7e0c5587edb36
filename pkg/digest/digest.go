package digest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
)

// KeyName is where the deployment's key stands in the bucket SECRETS. Package provision makes it, once for a deployment.
const KeyName = "digest"

// Length is the length of a digest in characters.
const Length = 26

// alphabet makes digests that can be a part of a subject, a key and a URL as they are. 26 letters of 5 bits hold 130 of
// HMAC's 256 bits: more than a UUID has.
var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Keys are the keys of all purposes. They are never changed, so that any number of goroutines may use them. They are made by
// [KeysOf]; the zero value has none, and panics.
type Keys struct{ of map[Purpose][]byte }

// KeysOf are the keys that follow from a deployment's key, which is 32 random bytes. A derived one is the output of HKDF-SHA256
// (RFC 5869) without salt, the deployment's key being random, with the purpose in its info. It fails only in Go's mode for FIPS 140
// alone, which takes no key of less than 14 bytes.
func KeysOf(key []byte) (*Keys, error) {
	keys := &Keys{of: map[Purpose][]byte{}}
	for _, p := range Purposes() {
		keys.of[p] = key
		if p.derived {
			own, err := hkdf.Key(sha256.New, key, nil, "puente digest "+p.label, sha256.Size)
			if err != nil {
				return nil, fmt.Errorf("digest key: %w", err)
			}
			keys.of[p] = own
		}
	}
	return keys, nil
}

// Of is the digest of some parts: [Length] characters of a-z and 2-7, the same for the same parts in every process that has the key.
// It cannot be turned back. Digests of two purposes have nothing in common. Parts are kept apart: ("ab", "c") is not ("a", "bc").
// The zero [Purpose] panics.
func (k *Keys) Of(purpose Purpose, parts ...string) string {
	key, ok := k.of[purpose]
	if !ok {
		panic("digest: no purpose")
	}
	mac := hmac.New(sha256.New, key)
	add := func(part string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		mac.Write(size[:])
		mac.Write([]byte(part))
	}
	if !purpose.derived {
		add(purpose.label)
	}
	for _, p := range parts {
		add(p)
	}
	return alphabet.EncodeToString(mac.Sum(nil))[:Length]
}
