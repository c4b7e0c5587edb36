package proof

import (
	"cmp"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// HMAC is a keyed hash of the call, or of parts of it.
//
//	HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: digest.Hex}
type HMAC struct {
	// Hash is the hash function. Required.
	Hash digest.Function `json:"hash"`
	// Secret names the account's field that holds the secret. Required.
	Secret string `json:"secret"`
	// Key is how the secret becomes the key; default its bytes.
	Key Key `json:"key,omitzero"`
	// Header is the header that holds the signature, or Sent finds it elsewhere. One of them is required.
	Header string    `json:"header,omitempty"`
	Sent   expr.Expr `json:"sent,omitzero"`
	// Prefix is what every signature begins with: "sha256=".
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how the signature is written: [digest.Hex] or [digest.Base64]. Required.
	Encoding digest.Encoding `json:"encoding"`
	// List is for a header with several signatures; the zero value means that there is one.
	List List `json:"list,omitzero"`
	// Over is the text that is signed, one part after another; default the body. If a part is missing the call is forged.
	Over signed.Text `json:"over,omitempty"`
	// Only are further conditions that a call must meet. A network that signs in two ways has two schemes in [AnyOf].
	Only expr.Conditions `json:"only,omitempty"`
}

// List describes a header with several signatures, any of which admits the call. More than 16 signatures, or more than 8 kB, admit nothing.
type List struct {
	// Separator separates them: " ".
	Separator string `json:"separator"`
	// Label is what the signatures that count begin with: "v1,". Others are ignored.
	Label string `json:"label,omitempty"`
}

// Key says how the text of a secret becomes a key. A secret that is written in another way admits nobody.
type Key struct {
	// Encoding is how the key is written: [digest.Raw], the default, [digest.Hex] or [digest.Base64].
	Encoding digest.Encoding `json:"encoding,omitempty"`
	// Strip is a prefix of the text that is not part of the key: "whsec_". It may be missing.
	Strip string `json:"strip,omitempty"`
}

func (k Key) of(secret string) ([]byte, bool) {
	secret = strings.TrimPrefix(secret, k.Strip)
	if k.Encoding == "" {
		return []byte(secret), true
	}
	return k.Encoding.Decode(secret)
}

func (h HMAC) signing() signing.Signing {
	return signing.Signing{
		Header: h.Header, Sent: h.Sent, Prefix: h.Prefix, Encoding: h.Encoding, List: signing.List(h.List), Over: h.Over, Only: h.Only, Secret: h.Secret,
		Size: h.Hash.Size(),
	}
}

func (h HMAC) verify(c expr.Call, s expr.Secrets) Cause {
	p, match := h.by(s)
	return cause(p.Verify(c, s, match))
}

func (h HMAC) head(c expr.Call, s expr.Secrets) Cause {
	p, match := h.by(s)
	return cause(p.Head(c, s, match))
}

// by is what judges with these secrets: by the midstates of the key where they are there, else by the key.
func (h HMAC) by(s expr.Secrets) (signing.Signing, signing.Matcher) {
	p := h.signing()
	if name := h.sealedName(); len(s[name]) > 0 {
		p.Sealed = name
		return p, h.matchSealed
	}
	return p, h.match
}

// sealedName is under which name the midstates of the key stand among an account's fields. No field is called so: their names have no
// dots. What the midstates depend on is part of it, so that a policy that takes the key otherwise does not find them.
func (h HMAC) sealedName() string {
	return strings.Join([]string{"hmac", string(h.Hash), string(cmp.Or(h.Key.Encoding, digest.Raw)), h.Key.Strip, h.Secret}, ".")
}

// seal are the midstates of the key for each secret that is one.
func (h HMAC) seal(secrets []string) (all []string, err error) {
	for _, secret := range secrets {
		key, ok := h.Key.of(secret)
		if !ok || len(key) == 0 {
			continue // it admits nobody
		}
		one, err := h.Hash.Midstates(key)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (h HMAC) matchSealed(midstates string, text func(io.Writer) bool, sent [][]byte) bool {
	mac, err := h.Hash.Resume(midstates)
	return err == nil && text(mac) && signing.Among(mac.Sum(), sent)
}

func (h HMAC) match(secret string, text func(io.Writer) bool, sent [][]byte) bool {
	hash := h.Hash.New()
	key, ok := h.Key.of(secret)
	if !ok || len(key) == 0 || hash == nil {
		return false
	}
	mac := hmac.New(hash, key)
	return text(mac) && signing.Among(mac.Sum(nil), sent)
}

func (h HMAC) strip(*expr.Call) {}

func (h HMAC) covers(e expr.Expr) bool { return h.signing().Covers(e) }

func (h HMAC) binds() bool { return h.signing().Binds() }

func (h HMAC) problem() error {
	var errs []error
	if h.Hash.New() == nil {
		errs = append(errs, fmt.Errorf("unknown hash %q", h.Hash))
	}
	switch h.Key.Encoding {
	case "", digest.Raw, digest.Hex, digest.Base64:
	default:
		errs = append(errs, errors.New("key: encoding is raw, hex or base64"))
	}
	if h.Over.Secrets() > 0 {
		errs = append(errs, errors.New("the secret is the key and no part of the text"))
	}
	errs = append(errs, h.signing().Problem())
	return wrap("hmac", errors.Join(errs...))
}

func (h HMAC) texts() []string { return append(h.Only.Fields(), h.Over.Fields()...) }

func (h HMAC) hmacs() []HMAC { return []HMAC{h} }

func (h HMAC) fields() []string { return h.signing().Fields() }

func (h HMAC) why(c expr.Call, s expr.Secrets) string {
	p, _ := h.by(s)
	return p.Why(c, s)
}

// MAC is a keyed hash of a text in a call, for a handshake that asks for it. Like the check of an [HMAC] it is computed from midstates,
// without the key.
type MAC struct {
	// Hash is the hash function. Required.
	Hash digest.Function `json:"hash"`
	// Secret names the account's field that holds the key. Required.
	Secret string `json:"secret"`
	// Prefix is what the answer begins with: "sha256=".
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how the hash is written: [digest.Hex] or [digest.Base64]. Required.
	Encoding digest.Encoding `json:"encoding"`
}

func (m MAC) hmac() HMAC { return HMAC{Hash: m.Hash, Secret: m.Secret} }

// Of is the hash of a text with the first secret; "" if there is no secret.
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

// Problem joins all mistakes of the declaration; nil if there is none.
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
