package proof

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// Algorithm names a signature algorithm. There is no default.
type Algorithm string

// The algorithms: those with public keys are for [Signature], those with secrets for [JWT].
const (
	Ed25519   Algorithm = "ed25519"
	ECDSAP256 Algorithm = "ecdsa-p256" // over SHA-256, the signature in DER
	HS256     Algorithm = "HS256"
	HS384     Algorithm = "HS384"
	HS512     Algorithm = "HS512"
)

// Signature is made with a private key that only the network has.
//
//	Signature{Algorithm: Ed25519, Key: "public_key", KeyEncoding: digest.Hex, Header: "X-Signature-Ed25519",
//		Encoding: digest.Hex, Over: []signed.Part{signed.FromHeader("X-Signature-Timestamp"), signed.Body()}}
type Signature struct {
	// Algorithm is [Ed25519] or [ECDSAP256]. Required.
	Algorithm Algorithm `json:"algorithm"`
	// Key names the account's field that holds the public key. Required.
	Key string `json:"key"`
	// KeyEncoding is how the key is written: [digest.SPKI], or [digest.Hex] or [digest.Base64] for the 32 bytes of an
	// Ed25519 key. Required.
	KeyEncoding digest.Encoding `json:"key_encoding"`
	// KeyStrip is what the text may begin with that is not part of the key: "whpk_".
	KeyStrip string `json:"key_strip,omitempty"`
	// Header is the header that holds the signature, or Sent finds it elsewhere. One of them is required.
	Header string    `json:"header,omitempty"`
	Sent   expr.Expr `json:"sent,omitzero"`
	// Prefix begins every signature.
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how the signature is written: [digest.Hex] or [digest.Base64]. Required.
	Encoding digest.Encoding `json:"encoding"`
	// List is for several signatures at once; the zero value for one.
	List List `json:"list,omitzero"`
	// Over is what is signed, one part after another; default the body.
	Over signed.Text `json:"over,omitempty"`
	// Only are conditions that a call must meet besides.
	Only expr.Conditions `json:"only,omitempty"`
}

func (g Signature) signing() signing.Signing {
	p := signing.Signing{
		Header: g.Header, Sent: g.Sent, Prefix: g.Prefix, Encoding: g.Encoding, List: signing.List(g.List), Over: g.Over, Only: g.Only, Secret: g.Key,
	}
	if g.Algorithm == Ed25519 {
		p.Size = ed25519.SignatureSize
	}
	return p
}

func (g Signature) verify(c expr.Call, s expr.Secrets) Cause {
	return cause(g.signing().Verify(c, s, g.match))
}

func (g Signature) head(c expr.Call, s expr.Secrets) Cause {
	return cause(g.signing().Head(c, s, g.match))
}

func (g Signature) match(text string, write func(io.Writer) bool, sent [][]byte) bool {
	switch key := g.public(text).(type) {
	case ed25519.PublicKey:
		var text bytes.Buffer
		return write(&text) && slices.ContainsFunc(sent, func(one []byte) bool { return ed25519.Verify(key, text.Bytes(), one) })
	case *ecdsa.PublicKey:
		sum := sha256.New()
		return write(sum) && slices.ContainsFunc(sent, func(one []byte) bool { return ecdsa.VerifyASN1(key, sum.Sum(nil), one) })
	}
	return false
}

// public is the key that a text holds; nil for what is no key of the algorithm.
func (g Signature) public(text string) any {
	raw, ok := g.KeyEncoding.Decode(strings.TrimPrefix(text, g.KeyStrip))
	if !ok {
		return nil
	}
	var key any = ed25519.PublicKey(raw)
	if g.KeyEncoding == digest.SPKI {
		var err error
		if key, err = x509.ParsePKIXPublicKey(raw); err != nil {
			return nil
		}
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		if g.Algorithm == Ed25519 && len(k) == ed25519.PublicKeySize {
			return k
		}
	case *ecdsa.PublicKey:
		if g.Algorithm == ECDSAP256 && k.Curve == elliptic.P256() {
			return k
		}
	}
	return nil
}

func (g Signature) strip(*expr.Call) {}

func (g Signature) covers(e expr.Expr) bool { return g.signing().Covers(e) }

func (g Signature) binds() bool { return g.signing().Binds() }

func (g Signature) problem() error {
	var errs []error
	switch {
	case g.Algorithm != Ed25519 && g.Algorithm != ECDSAP256:
		errs = append(errs, fmt.Errorf("algorithm %q is not one with public keys", g.Algorithm))
	case g.KeyEncoding != digest.SPKI && (g.Algorithm != Ed25519 || g.KeyEncoding != digest.Hex && g.KeyEncoding != digest.Base64):
		errs = append(errs, errors.New("key_encoding is spki; of an Ed25519 key hex or base64 too"))
	}
	if g.Over.Secrets() > 0 {
		errs = append(errs, errors.New("a public key is no part of the text"))
	}
	errs = append(errs, g.signing().Problem())
	return wrap("signature", errors.Join(errs...))
}

func (g Signature) texts() []string { return g.fields() }

func (g Signature) hmacs() []HMAC { return nil }

func (g Signature) fields() []string { return g.signing().Fields() }

func (g Signature) why(c expr.Call, s expr.Secrets) string { return g.signing().Why(c, s) }
