package digest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash"
	"sync"
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
type Keys struct{ of map[Purpose]*sync.Pool }

// mac makes digests of one purpose, one at a time. To begin an HMAC costs more than to end it, so that it is used again.
type mac struct {
	hash.Hash
	text []byte // what is digested; empty between two uses, for it may be a credential
	sum  [sha256.Size]byte
	said [(sha256.Size*8 + 4) / 5]byte
}

// macs are those of a key.
func macs(key []byte) *sync.Pool {
	return &sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }}
}

// KeysOf are the keys that follow from a deployment's key, which is 32 random bytes. A derived one is the output of HKDF-SHA256
// (RFC 5869) without salt, the deployment's key being random, with the purpose in its info. It fails only in Go's mode for FIPS 140
// alone, which takes no key of less than 14 bytes.
func KeysOf(key []byte) (*Keys, error) {
	keys := &Keys{of: map[Purpose]*sync.Pool{}}
	for _, p := range Purposes() {
		keys.of[p] = macs(key)
		if p.derived {
			own, err := hkdf.Key(sha256.New, key, nil, "puente digest "+p.label, sha256.Size)
			if err != nil {
				return nil, fmt.Errorf("digest key: %w", err)
			}
			keys.of[p] = macs(own)
		}
	}
	return keys, nil
}

// Of is the digest of some parts: [Length] characters of a-z and 2-7, the same for the same parts in every process that has the key.
// It cannot be turned back. Digests of two purposes have nothing in common. Parts are kept apart: ("ab", "c") is not ("a", "bc").
// The zero [Purpose] panics.
func (k *Keys) Of(purpose Purpose, parts ...string) string {
	pool, ok := k.of[purpose]
	if !ok {
		panic("digest: no purpose")
	}
	m := pool.Get().(*mac)
	defer pool.Put(m)
	if !purpose.derived {
		m.add(purpose.label)
	}
	for _, p := range parts {
		m.add(p)
	}
	m.Reset()
	m.Write(m.text)
	clear(m.text)
	m.text = m.text[:0]
	return string(alphabet.AppendEncode(m.said[:0], m.Sum(m.sum[:0]))[:Length])
}

// add adds a part with its length.
func (m *mac) add(part string) {
	m.text = binary.BigEndian.AppendUint64(m.text, uint64(len(part)))
	m.text = append(m.text, part...)
}
