package proof

import (
	"crypto/hmac"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

// MAC is a keyed hash of a text that a call holds, for a handshake that asks for it. Whoever answers with it holds no key: it is made
// from midstates, as an [HMAC] is checked.
type MAC struct {
	// Hash is the hash function. Required.
	Hash digest.Function `json:"hash"`
	// Secret names the account's field that holds the key. Required.
	Secret string `json:"secret"`
	// Prefix begins what is answered: "sha256=".
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how it is written: [digest.Hex] or [digest.Base64]. Required.
	Encoding digest.Encoding `json:"encoding"`
}

func (m MAC) hmac() HMAC { return HMAC{Hash: m.Hash, Secret: m.Secret} }

// Of is the hash of a text by the first live secret; "" where there is none.
func (m MAC) Of(text string, s expr.Secrets) string {
	if states := s.First(m.hmac().sealedName()); states != "" {
		mac, err := m.Hash.Resume(states)
		if err != nil {
			return ""
		}
		_, _ = mac.Write([]byte(text)) // a hash takes everything
		return m.Prefix + string(m.Encoding.Encode(mac.Sum()))
	}
	secret, hash := s.First(m.Secret), m.Hash.New()
	if secret == "" || hash == nil {
		return ""
	}
	mac := hmac.New(hash, []byte(secret))
	mac.Write([]byte(text))
	return m.Prefix + string(m.Encoding.Encode(mac.Sum(nil)))
}

// Problem joins what is wrong with it, nil for nothing.
func (m MAC) Problem() error {
	var errs []error
	if m.Hash.New() == nil {
		errs = append(errs, fmt.Errorf("unknown hash %q", m.Hash))
	}
	if m.Secret == "" {
		errs = append(errs, errors.New("secret is required"))
	}
	if m.Encoding != digest.Hex && m.Encoding != digest.Base64 {
		errs = append(errs, errors.New("encoding is hex or base64"))
	}
	return errors.Join(errs...)
}
