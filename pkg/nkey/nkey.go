// Package nkey makes and reads the keys by which a NATS server knows a client: a seed, which the client keeps, and the public
// key that follows from it, which the server is configured with. It speaks to nobody.
package nkey

import (
	"errors"
	"fmt"

	"github.com/nats-io/nkeys"
)

// ErrSeed means that a text is no seed of a user. It never quotes the text.
var ErrSeed = errors.New("it is no seed of a NATS user: SU and 56 of A-Z and 2-7, with a checksum among them")

// New makes the key of a new user: its seed, which is a credential.
func New() (seed string, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", fmt.Errorf("make a NATS key: %w", err)
	}
	text, err := pair.Seed()
	if err != nil {
		return "", fmt.Errorf("make a NATS key: %w", err)
	}
	return string(text), nil
}

// Public is the public key of a user's seed: U and 55 of A-Z and 2-7. It returns [ErrSeed] for what is no seed of a user.
func Public(seed string) (string, error) {
	pair, err := pairOf(seed)
	if err != nil {
		return "", err
	}
	return pair.PublicKey()
}

// Sign signs what a server asks to be signed, by a user's seed. It returns [ErrSeed] for what is none.
func Sign(seed string, nonce []byte) ([]byte, error) {
	pair, err := pairOf(seed)
	if err != nil {
		return nil, err
	}
	return pair.Sign(nonce)
}

// IsPublic says that a text is a user's public key.
func IsPublic(key string) bool { return nkeys.IsValidPublicUserKey(key) }

// seedLength is that of a user's seed in characters. The decoder passes over line breaks.
const seedLength = 58

func pairOf(seed string) (nkeys.KeyPair, error) {
	if len(seed) != seedLength {
		return nil, ErrSeed
	}
	kind, _, err := nkeys.DecodeSeed([]byte(seed))
	if err != nil || kind != nkeys.PrefixByteUser {
		return nil, ErrSeed
	}
	pair, err := nkeys.FromSeed([]byte(seed))
	if err != nil {
		return nil, ErrSeed
	}
	return pair, nil
}
