// Package signing judges the signature of a call, whatever made it: where it stands, how it is written, and what it is made over. The
// schemes of package proof that sign have this in common, and say by a [Matcher] what makes a signature right.
package signing

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// List is how several signatures stand in one header, any of which admits; the zero value is one signature.
type List struct {
	Separator string // stands between them
	Label     string // begins those that count
}

// Signing is where a signature stands, and what it is made over. It is a value that nobody changes once it is made.
type Signing struct {
	// Header is the header that holds the signature, or Sent finds it elsewhere.
	Header string
	Sent   expr.Expr
	// Prefix begins every signature; Encoding is how the rest is written.
	Prefix   string
	Encoding digest.Encoding
	List     List
	// Over is what is signed; none is the body. Only are conditions that a call must meet besides.
	Over signed.Text
	Only expr.Conditions
	// Secret names the account's field; Sealed is where what stands in its place is, "" for nothing.
	Secret string
	Sealed string
	// Size is that of a signature in bytes; 0 where they differ.
	Size int
}

// live is the name under which its secrets are.
func (p Signing) live() string { return cmp.Or(p.Sealed, p.Secret) }

// Bounds of what is sent as signatures: more admits nothing.
const (
	maxSignatures = 16      // in a list
	maxSent       = 8 << 10 // bytes of all of them, as they are written
)

// Matcher says whether one of the sent signatures is right, with this secret, for what text writes. text is false where a part of what
// is signed is not there.
type Matcher func(secret string, text func(io.Writer) bool, sent [][]byte) bool

// Judgement is what was found: whether a signature was sent at all, and whether it is right.
type Judgement struct{ Sent, Right bool }

// Verify judges what is signed first, and only then what else the body must be.
func (p Signing) Verify(c expr.Call, s expr.Secrets, match Matcher) Judgement {
	signatures, found := p.claimed(c, s)
	if !found.Right {
		return found
	}
	r := signed.Read(c, s)
	for _, secret := range s[p.live()] {
		if secret == "" {
			continue
		}
		for variant := range p.Over.Variants() {
			r := r.With(secret, variant)
			if match(secret, func(w io.Writer) bool { return p.parts().Write(w, r) }, signatures) {
				return Judgement{Sent: true, Right: p.Only.Inside(c, s)}
			}
		}
	}
	return Judgement{Sent: true}
}

// Head judges as far as that needs no body.
func (p Signing) Head(c expr.Call, s expr.Secrets, match Matcher) Judgement {
	switch {
	case p.Sent.AsksBody():
		return Judgement{Sent: true, Right: s.Has(p.live()) && p.Only.Outside(c, s)}
	case p.parts().AsksBody():
		_, found := p.claimed(c, s)
		return found
	}
	p.Only = slices.DeleteFunc(slices.Clone(p.Only), expr.Condition.AsksBody)
	return p.Verify(c, s, match)
}

// claimed are the signatures of a call that may be signed, for all that can be told without what is signed.
func (p Signing) claimed(c expr.Call, s expr.Secrets) ([][]byte, Judgement) {
	sent := p.Sent.Find(c)
	if p.Header != "" {
		values := c.Header.Values(p.Header)
		if len(values) > 1 {
			return nil, Judgement{Sent: true} // they contradict each other
		}
		sent = strings.Join(values, "")
	}
	if sent == "" {
		return nil, Judgement{}
	}
	signatures := p.signatures(sent)
	right := len(signatures) > 0 && s.Has(p.live()) && p.Only.Outside(c, s) && p.parts().Fits(c)
	return signatures, Judgement{Sent: true, Right: right}
}

// signatures are those that were sent, decoded. What is not written as it must be is none.
func (p Signing) signatures(sent string) (out [][]byte) {
	all := []string{sent}
	if p.List.Separator != "" {
		all = strings.SplitN(sent, p.List.Separator, maxSignatures+1)
	}
	if len(sent) > maxSent || len(all) > maxSignatures {
		return nil
	}
	for _, one := range all {
		one, labelled := strings.CutPrefix(one, p.List.Label)
		one, prefixed := strings.CutPrefix(one, p.Prefix)
		if b, ok := p.Encoding.Decode(one); ok && labelled && prefixed && len(b) > 0 && (p.Size == 0 || len(b) == p.Size) {
			out = append(out, b)
		}
	}
	return out
}

// parts are what is signed: by default the body.
func (p Signing) parts() signed.Text {
	if len(p.Over) == 0 {
		return signed.Text{signed.Body()}
	}
	return p.Over
}

// Covers says that what is signed vouches for what this expression finds.
func (p Signing) Covers(e expr.Expr) bool { return p.parts().Covers(e) }

// Binds says that the body is signed as a whole, or by a digest, or that there is none.
func (p Signing) Binds() bool {
	for _, q := range p.Only {
		if q.Bodyless || q.BodyDigest != "" {
			return true
		}
	}
	return p.Covers(expr.JSON("any")) || p.Covers(expr.Form("any"))
}

// Problem joins what is wrong with it, nil for nothing.
func (p Signing) Problem() error {
	var errs []error
	if (p.Header != "") == !p.Sent.None() {
		errs = append(errs, errors.New("exactly one of header and sent is required"))
	}
	if err := p.Sent.Problem(); err != nil {
		errs = append(errs, fmt.Errorf("sent: %w", err))
	}
	if p.Secret == "" {
		errs = append(errs, errors.New("the name of the account's field is required"))
	}
	if p.Encoding != digest.Hex && p.Encoding != digest.Base64 {
		errs = append(errs, errors.New("encoding is hex or base64"))
	}
	if p.List.Label != "" && p.List.Separator == "" {
		errs = append(errs, errors.New("list: separator is required"))
	}
	errs = append(errs, p.Over.Problems("over")...)
	errs = append(errs, p.Only.Problems("only")...)
	return errors.Join(errs...)
}

// Fields are the names of the account's fields that it reads, with repeats.
func (p Signing) Fields() []string {
	return append(append(p.Only.Fields(), p.Over.Fields()...), p.Secret)
}

// Make is a signature as it is sent, with the first secret that there is; false where there is none, or it cannot be made.
func (p Signing) Make(c expr.Call, s expr.Secrets, sum func(secret string, text func(io.Writer) bool) ([]byte, bool)) (string, bool) {
	for _, secret := range s[p.Secret] {
		if secret == "" {
			continue
		}
		r := signed.Read(c, s).With(secret, 0)
		made, ok := sum(secret, func(w io.Writer) bool { return p.parts().Write(w, r) })
		return p.List.Label + p.Prefix + string(p.Encoding.Encode(made)), ok
	}
	return "", false
}

// Among compares a sum with the signatures that were sent, in time that does not depend on how much of them is right.
func Among(sum []byte, sent [][]byte) bool {
	ok := 0
	for _, s := range sent {
		ok |= subtle.ConstantTimeCompare(sum, s)
	}
	return ok == 1
}
