package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"sync/atomic"

	"github.com/bonychat/puente/pkg/config/operators"
)

// Tokens are the tokens that are taken. They can be changed while calls come in. The zero value takes none.
type Tokens struct {
	known atomic.Pointer[known]
}

// known are the tokens at one time. Only their digests are kept.
type known struct {
	key    []byte
	tokens []token
}

type token struct {
	digest [sha256.Size]byte
	caller Caller
	signs  []byte
}

// Set takes these tokens from now on, and no others.
func (t *Tokens) Set(tokens []operators.Token) {
	k := &known{key: make([]byte, 32)}
	_, _ = rand.Read(k.key) // it never fails
	for _, one := range tokens {
		k.tokens = append(k.tokens, token{
			digest: k.digest(one.Token.Reveal()), signs: SigningKey(one.Token.Reveal()), caller: Caller{Name: one.Name, Role: string(one.Role), rights: rights[one.Role]},
		})
	}
	t.known.Store(k)
}

// Find is whose token this is. It takes as long whether it is somebody's or not, and whosever it is.
func (t *Tokens) Find(shown string) (c Caller, ok bool) {
	k := t.known.Load()
	if k == nil {
		return Caller{}, false
	}
	digest, found := k.digest(shown), -1
	for i := range k.tokens {
		if subtle.ConstantTimeCompare(digest[:], k.tokens[i].digest[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return Caller{}, false
	}
	return k.tokens[found].caller, true
}

// Named is who has the token of this name, and the key that signs for it: see [SigningKey].
func (t *Tokens) Named(name string) (c Caller, key []byte, ok bool) {
	k := t.known.Load()
	if k == nil {
		return Caller{}, nil, false
	}
	for _, one := range k.tokens {
		if one.caller.Name == name {
			return one.caller, one.signs, true
		}
	}
	return Caller{}, nil, false
}

// SigningKey is what whoever knows a token can sign with. It tells nothing of the token, is the same in every process, and
// another one as soon as the token is another one: what was signed with it ends with the token.
func SigningKey(token string) []byte {
	h := hmac.New(sha256.New, []byte(token))
	h.Write([]byte("puente control session"))
	return h.Sum(nil)
}

// digest is keyed, so that what is compared tells nothing of a token.
func (k *known) digest(token string) [sha256.Size]byte {
	h := sha256.New()
	h.Write(k.key)
	h.Write([]byte(token))
	return [sha256.Size]byte(h.Sum(nil))
}

// newToken is 64 hex digits that nobody can guess.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// String hides.
func (t *Tokens) String() string {
	k := t.known.Load()
	if k == nil {
		return "no tokens"
	}
	return fmt.Sprintf("%d tokens", len(k.tokens))
}
