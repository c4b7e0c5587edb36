package webhook

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// List is a header that holds several signatures, any of which admits.
type List struct {
	// Separator stands between them: " ".
	Separator string `json:"separator"`
	// Label begins those that count: "v1,". The others are passed over.
	Label string `json:"label,omitempty"`
}

// proof is what HMAC, Hash and Signature have in common: where the signature stands, and what it is made over.
type proof struct {
	header   string
	sent     Expr
	prefix   string
	encoding Encoding
	list     List
	over     []Part
	only     []Condition
	secret   string
}

// matcher says whether one of the sent signatures is right, with this secret, for what text writes.
type matcher func(secret string, text func(io.Writer) bool, sent [][]byte) bool

func (p proof) verify(c Call, s Secrets, match matcher) Cause {
	sent := p.sent.Find(c)
	if p.header != "" {
		values := c.Header.Values(p.header)
		if len(values) > 1 {
			return Forged // they contradict each other
		}
		sent = strings.Join(values, "")
	}
	if sent == "" {
		return Unsigned
	}
	signatures := p.signatures(sent)
	if len(signatures) == 0 || p.secret == "" || !all(p.only, c, s) {
		return Forged
	}
	for _, secret := range s[p.secret] {
		if secret == "" {
			continue
		}
		for variant := range variants(p.over) {
			r := reading{Call: c, account: s, secret: secret, variant: variant}
			if match(secret, func(w io.Writer) bool { return r.write(w, p.parts()) }, signatures) {
				return Authentic
			}
		}
	}
	return Forged
}

// signatures are those that were sent, decoded. What is not written as it must be is none.
func (p proof) signatures(sent string) [][]byte {
	all := []string{sent}
	if p.list.Separator != "" {
		all = strings.Split(sent, p.list.Separator)
	}
	var out [][]byte
	for _, one := range all {
		one, labelled := strings.CutPrefix(one, p.list.Label)
		one, prefixed := strings.CutPrefix(one, p.prefix)
		if b, ok := p.encoding.decode(one); ok && labelled && prefixed && len(b) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// parts are what is signed: by default the body.
func (p proof) parts() []Part {
	if len(p.over) == 0 {
		return []Part{Body()}
	}
	return p.over
}

func (p proof) covers(e Expr) bool {
	for _, part := range p.parts() {
		if part.covers(e) {
			return true
		}
	}
	return false
}

// binds says that the body is signed as a whole, or by a digest, or that there is none.
func (p proof) binds() bool {
	for _, q := range p.only {
		if q.Bodyless || q.BodyDigest != "" {
			return true
		}
	}
	return p.covers(JSON("any")) || p.covers(Form("any"))
}

func (p proof) problem() error {
	var errs []error
	if (p.header != "") == !p.sent.none() {
		errs = append(errs, errors.New("exactly one of header and sent is required"))
	}
	if err := p.sent.problem(); err != nil {
		errs = append(errs, fmt.Errorf("sent: %w", err))
	}
	if p.secret == "" {
		errs = append(errs, errors.New("the name of the account's field is required"))
	}
	if p.encoding != Hex && p.encoding != Base64 {
		errs = append(errs, errors.New("encoding is hex or base64"))
	}
	if p.list.Label != "" && p.list.Separator == "" {
		errs = append(errs, errors.New("list: separator is required"))
	}
	for i, part := range p.over {
		if err := part.problem(); err != nil {
			errs = append(errs, fmt.Errorf("over[%d]: %w", i, err))
		}
	}
	errs = append(errs, problems("only", p.only)...)
	return errors.Join(errs...)
}
