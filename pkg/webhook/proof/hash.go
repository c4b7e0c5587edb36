package proof

import (
	"errors"
	"fmt"
	"io"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// Hash is a plain hash of a text with the secret in it, which [signed.TheSecret] puts there.
//
//	Hash{Hash: digest.SHA256, Secret: "oa_secret", Header: "X-ZEvent-Signature", Prefix: "mac=", Encoding: digest.Hex,
//		Over: []signed.Part{signed.FromAccount("app_id"), signed.Body(), signed.FromJSON("timestamp"), signed.TheSecret()}}
type Hash struct {
	// Hash is the hash function. Required.
	Hash digest.Function `json:"hash"`
	// Secret names the account's field that holds the secret. Required.
	Secret string `json:"secret"`
	// Header is the header that holds the signature, or Sent finds it elsewhere. One of them is required.
	Header string    `json:"header,omitempty"`
	Sent   expr.Expr `json:"sent,omitzero"`
	// Prefix is what every signature begins with.
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how the signature is written: [digest.Hex] or [digest.Base64]. Required.
	Encoding digest.Encoding `json:"encoding"`
	// Over is the text that is hashed, with the secret somewhere in it. Required.
	Over signed.Text `json:"over"`
	// Only are further conditions that a call must meet.
	Only expr.Conditions `json:"only,omitempty"`
}

func (h Hash) signing() signing.Signing {
	return signing.Signing{
		Header: h.Header, Sent: h.Sent, Prefix: h.Prefix, Encoding: h.Encoding, Over: h.Over, Only: h.Only, Secret: h.Secret,
		Size: h.Hash.Size(),
	}
}

func (h Hash) verify(c expr.Call, s expr.Secrets) Cause {
	return cause(h.signing().Verify(c, s, h.match))
}

func (h Hash) head(c expr.Call, s expr.Secrets) Cause { return cause(h.signing().Head(c, s, h.match)) }

func (h Hash) match(_ string, text func(io.Writer) bool, sent [][]byte) bool {
	hash := h.Hash.New()
	if hash == nil || h.Over.Secrets() == 0 {
		return false // anybody could make it
	}
	sum := hash()
	return text(sum) && signing.Among(sum.Sum(nil), sent)
}

func (h Hash) strip(*expr.Call) {}

func (h Hash) covers(e expr.Expr) bool { return h.signing().Covers(e) }

func (h Hash) binds() bool { return h.signing().Binds() }

func (h Hash) problem() error {
	var errs []error
	if h.Hash.New() == nil {
		errs = append(errs, fmt.Errorf("unknown hash %q", h.Hash))
	}
	if h.Over.Secrets() == 0 {
		errs = append(errs, errors.New("over must hold the secret"))
	}
	errs = append(errs, h.signing().Problem())
	return wrap("hash", errors.Join(errs...))
}

func (h Hash) texts() []string { return h.fields() }

func (h Hash) hmacs() []HMAC { return nil }

func (h Hash) fields() []string { return h.signing().Fields() }

func (h Hash) why(c expr.Call, s expr.Secrets) string { return h.signing().Why(c, s) }
