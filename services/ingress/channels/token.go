package channels

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/directory"
)

// tokens finds the channel of an API token, of which only the digest is known here. It keeps keyed digests of that, so that
// the time it takes says nothing about a token, however many there are.
type tokens struct {
	key    []byte
	owners map[[sha256.Size]byte]string
}

func newTokens() tokens {
	t := tokens{key: make([]byte, 32), owners: map[[sha256.Size]byte]string{}}
	_, _ = rand.Read(t.key) // never fails
	return t
}

func (t tokens) digest(known string) (d [sha256.Size]byte) {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(known))
	copy(d[:], mac.Sum(nil))
	return d
}

// add gives the token with this digest ([directory.TokenDigest]) to a channel. One that two channels have is nobody's, and false: that can only be while they
// change, and a message must not go to the wrong one.
func (t tokens) add(token, channel string) bool {
	if token == "" {
		return true
	}
	d := t.digest(token)
	_, shared := t.owners[d]
	if shared {
		channel = ""
	}
	t.owners[d] = channel
	return !shared
}

// channel is whose bearer token the request carries, "" for nobody's.
func (t tokens) channel(r *http.Request) string {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "bearer") {
		token = ""
	}
	if token == "" {
		return ""
	}
	return t.owners[t.digest(directory.TokenDigest(token))]
}
