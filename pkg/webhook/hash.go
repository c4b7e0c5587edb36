package webhook

import (
	"errors"
	"fmt"
	"io"
)

// Hash is a plain hash of a text with the secret in it, which [TheSecret] puts there.
//
//	webhook.Hash{Hash: webhook.SHA256, Secret: "oa_secret", Header: "X-ZEvent-Signature", Prefix: "mac=", Encoding: webhook.Hex,
//		Over: []webhook.Part{webhook.FromAccount("app_id"), webhook.Body(), webhook.FromJSON("timestamp"), webhook.TheSecret()}}
type Hash struct {
	// Hash is the hash function. Required.
	Hash Digest `json:"hash"`
	// Secret names the account's field that holds the secret. Required.
	Secret string `json:"secret"`
	// Header is the header that holds the signature, or Sent finds it elsewhere. One of them is required.
	Header string `json:"header,omitempty"`
	Sent   Expr   `json:"sent,omitzero"`
	// Prefix begins every signature.
	Prefix string `json:"prefix,omitempty"`
	// Encoding is how the signature is written: [Hex] or [Base64]. Required.
	Encoding Encoding `json:"encoding"`
	// Over is what is hashed, with the secret somewhere in it. Required.
	Over []Part `json:"over"`
	// Only are conditions that a call must meet besides.
	Only []Condition `json:"only,omitempty"`
}

func (h Hash) proof() proof {
	return proof{
		header: h.Header, sent: h.Sent, prefix: h.Prefix, encoding: h.Encoding, over: h.Over, only: h.Only, secret: h.Secret,
		size: h.Hash.size(),
	}
}

func (h Hash) verify(c Call, s Secrets) Cause { return h.proof().verify(c, s, h.match) }

func (h Hash) head(c Call, s Secrets) Cause { return h.proof().head(c, s, h.match) }

func (h Hash) match(_ string, text func(io.Writer) bool, sent [][]byte) bool {
	hash := h.Hash.new()
	if hash == nil || secrets(h.Over) == 0 {
		return false // anybody could make it
	}
	sum := hash()
	return text(sum) && anyOf(sum.Sum(nil), sent)
}

func (h Hash) strip(*Call) {}

func (h Hash) covers(e Expr) bool { return h.proof().covers(e) }

func (h Hash) binds() bool { return h.proof().binds() }

func (h Hash) problem() error {
	var errs []error
	if h.Hash.new() == nil {
		errs = append(errs, fmt.Errorf("unknown hash %q", h.Hash))
	}
	if secrets(h.Over) == 0 {
		errs = append(errs, errors.New("over must hold the secret"))
	}
	errs = append(errs, h.proof().problem())
	return wrap("hash", errors.Join(errs...))
}
