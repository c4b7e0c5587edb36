package webhook

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// List is a header that holds several signatures, any of which admits. More than 16, or more than 8 kB, admit nothing.
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
	size     int // of a signature in bytes; 0 where they differ
}

// Bounds of what is sent as signatures: more admits nothing.
const (
	maxSignatures = 16      // in a list
	maxSent       = 8 << 10 // bytes of all of them, as they are written
)

// matcher says whether one of the sent signatures is right, with this secret, for what text writes.
type matcher func(secret string, text func(io.Writer) bool, sent [][]byte) bool

// verify judges what is signed first, and only then what else the body must be.
func (p proof) verify(c Call, s Secrets, match matcher) Cause {
	signatures, cause := p.claimed(c, s)
	if cause != Authentic {
		return cause
	}
	r := reading{Call: c, account: s, known: map[*Part][]byte{}}
	for _, secret := range s[p.secret] {
		if secret == "" {
			continue
		}
		for variant := range variants(p.over) {
			r.secret, r.variant = secret, variant
			if !match(secret, func(w io.Writer) bool { return r.write(w, p.parts()) }, signatures) {
				continue
			}
			if !inside(p.only, c, s) {
				return Forged
			}
			return Authentic
		}
	}
	return Forged
}

// head judges as far as that needs no body.
func (p proof) head(c Call, s Secrets, match matcher) Cause {
	switch {
	case p.sent.asksBody():
		if !p.live(s) || !outside(p.only, c, s) {
			return Forged
		}
		return Authentic
	case slices.ContainsFunc(p.parts(), Part.asksBody):
		_, cause := p.claimed(c, s)
		return cause
	}
	p.only = slices.DeleteFunc(slices.Clone(p.only), Condition.asksBody)
	return p.verify(c, s, match)
}

// claimed are the signatures of a call that may be signed, for all that can be told without what is signed.
func (p proof) claimed(c Call, s Secrets) ([][]byte, Cause) {
	sent := p.sent.Find(c)
	if p.header != "" {
		values := c.Header.Values(p.header)
		if len(values) > 1 {
			return nil, Forged // they contradict each other
		}
		sent = strings.Join(values, "")
	}
	if sent == "" {
		return nil, Unsigned
	}
	signatures := p.signatures(sent)
	if len(signatures) == 0 || !p.live(s) || !outside(p.only, c, s) || !fit(p.parts(), c) {
		return nil, Forged
	}
	return signatures, Authentic
}

// live says whether there is a secret.
func (p proof) live(s Secrets) bool {
	return p.secret != "" && slices.ContainsFunc(s[p.secret], func(one string) bool { return one != "" })
}

// signatures are those that were sent, decoded. What is not written as it must be is none.
func (p proof) signatures(sent string) (out [][]byte) {
	all := []string{sent}
	if p.list.Separator != "" {
		all = strings.SplitN(sent, p.list.Separator, maxSignatures+1)
	}
	if len(sent) > maxSent || len(all) > maxSignatures {
		return nil
	}
	for _, one := range all {
		one, labelled := strings.CutPrefix(one, p.list.Label)
		one, prefixed := strings.CutPrefix(one, p.prefix)
		if b, ok := p.encoding.decode(one); ok && labelled && prefixed && len(b) > 0 && (p.size == 0 || len(b) == p.size) {
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
