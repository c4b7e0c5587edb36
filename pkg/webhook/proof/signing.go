package proof

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// List is a header that holds several signatures, any of which admits. More than 16, or more than 8 kB, admit nothing.
type List struct {
	// Separator stands between them: " ".
	Separator string `json:"separator"`
	// Label begins those that count: "v1,". The others are passed over.
	Label string `json:"label,omitempty"`
}

// signing is what HMAC, Hash and Signature have in common: where the signature stands, and what it is made over.
type signing struct {
	header   string
	sent     expr.Expr
	prefix   string
	encoding digest.Encoding
	list     List
	over     signed.Text
	only     expr.Conditions
	secret   string // the name of the account's field
	sealed   string // where what stands in its place is, "" for nothing
	size     int    // of a signature in bytes; 0 where they differ
}

// live is the name under which its secrets are.
func (p signing) live() string { return cmp.Or(p.sealed, p.secret) }

// Bounds of what is sent as signatures: more admits nothing.
const (
	maxSignatures = 16      // in a list
	maxSent       = 8 << 10 // bytes of all of them, as they are written
)

// matcher says whether one of the sent signatures is right, with this secret, for what text writes.
type matcher func(secret string, text func(io.Writer) bool, sent [][]byte) bool

// verify judges what is signed first, and only then what else the body must be.
func (p signing) verify(c expr.Call, s expr.Secrets, match matcher) Cause {
	signatures, cause := p.claimed(c, s)
	if cause != Authentic {
		return cause
	}
	r := signed.Read(c, s)
	for _, secret := range s[p.live()] {
		if secret == "" {
			continue
		}
		for variant := range p.over.Variants() {
			r := r.With(secret, variant)
			if !match(secret, func(w io.Writer) bool { return p.parts().Write(w, r) }, signatures) {
				continue
			}
			if !p.only.Inside(c, s) {
				return Forged
			}
			return Authentic
		}
	}
	return Forged
}

// head judges as far as that needs no body.
func (p signing) head(c expr.Call, s expr.Secrets, match matcher) Cause {
	switch {
	case p.sent.AsksBody():
		if !s.Has(p.live()) || !p.only.Outside(c, s) {
			return Forged
		}
		return Authentic
	case p.parts().AsksBody():
		_, cause := p.claimed(c, s)
		return cause
	}
	p.only = slices.DeleteFunc(slices.Clone(p.only), expr.Condition.AsksBody)
	return p.verify(c, s, match)
}

// claimed are the signatures of a call that may be signed, for all that can be told without what is signed.
func (p signing) claimed(c expr.Call, s expr.Secrets) ([][]byte, Cause) {
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
	if len(signatures) == 0 || !s.Has(p.live()) || !p.only.Outside(c, s) || !p.parts().Fits(c) {
		return nil, Forged
	}
	return signatures, Authentic
}

// signatures are those that were sent, decoded. What is not written as it must be is none.
func (p signing) signatures(sent string) (out [][]byte) {
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
		if b, ok := p.encoding.Decode(one); ok && labelled && prefixed && len(b) > 0 && (p.size == 0 || len(b) == p.size) {
			out = append(out, b)
		}
	}
	return out
}

// parts are what is signed: by default the body.
func (p signing) parts() signed.Text {
	if len(p.over) == 0 {
		return signed.Text{signed.Body()}
	}
	return p.over
}

func (p signing) covers(e expr.Expr) bool { return p.parts().Covers(e) }

// binds says that the body is signed as a whole, or by a digest, or that there is none.
func (p signing) binds() bool {
	for _, q := range p.only {
		if q.Bodyless || q.BodyDigest != "" {
			return true
		}
	}
	return p.covers(expr.JSON("any")) || p.covers(expr.Form("any"))
}

func (p signing) problem() error {
	var errs []error
	if (p.header != "") == !p.sent.None() {
		errs = append(errs, errors.New("exactly one of header and sent is required"))
	}
	if err := p.sent.Problem(); err != nil {
		errs = append(errs, fmt.Errorf("sent: %w", err))
	}
	if p.secret == "" {
		errs = append(errs, errors.New("the name of the account's field is required"))
	}
	if p.encoding != digest.Hex && p.encoding != digest.Base64 {
		errs = append(errs, errors.New("encoding is hex or base64"))
	}
	if p.list.Label != "" && p.list.Separator == "" {
		errs = append(errs, errors.New("list: separator is required"))
	}
	errs = append(errs, p.over.Problems("over")...)
	errs = append(errs, p.only.Problems("only")...)
	return errors.Join(errs...)
}

func (p signing) fields() []string {
	return append(append(p.only.Fields(), p.over.Fields()...), p.secret)
}

// why says what is wrong with a signature.
func (p signing) why(c expr.Call, s expr.Secrets) string {
	place, sent, times := "the signature ("+p.sent.Place()+")", p.sent.Find(c), 1
	if p.header != "" {
		values := c.Header.Values(p.header)
		place, sent, times = "the header "+p.header, strings.Join(values, ""), len(values)
	}
	switch {
	case p.problem() != nil:
		return p.problem().Error()
	case !s.Has(p.live()):
		return fmt.Sprintf("the account's %s is empty", p.secret)
	case times > 1:
		return fmt.Sprintf("%s is there %d times", place, times)
	case sent == "":
		return place + " is not there"
	case len(p.signatures(sent)) == 0:
		return fmt.Sprintf("%s is not written as a signature: %s", place, p.written())
	}
	for i, one := range p.only {
		if !one.Holds(c, s) {
			data, _ := json.Marshal(one) // texts can always be written
			return fmt.Sprintf("the condition Only[%d] does not hold: %s", i, data)
		}
	}
	r := signed.Read(c, s).With("x", 0) // there is a secret
	parts := p.parts()
	for i := range parts {
		data, _ := json.Marshal(parts[i])
		switch there := r.Finds(&parts[i]); {
		case !parts[i : i+1].Fits(c):
			return fmt.Sprintf("Over[%d] is not there, since the body is no form but %q: %s", i, c.MediaType(), data)
		case !there:
			return fmt.Sprintf("Over[%d] is not there: %s", i, data)
		}
	}
	over, _ := json.Marshal(parts)
	return fmt.Sprintf("%s is not that of this call with the account's %s, over %s: something was changed after it was signed, it was signed with"+
		" another secret, or it is signed in another way", place, p.secret, over)
}

// written is how a signature has to be written.
func (p signing) written() string {
	how := string(p.encoding)
	if p.size > 0 {
		how += fmt.Sprintf(" of %d bytes", p.size)
	}
	if p.prefix != "" {
		how += fmt.Sprintf(" after %q", p.prefix)
	}
	if p.list.Separator != "" {
		how += fmt.Sprintf(", several with %q between them", p.list.Separator)
	}
	if p.list.Label != "" {
		how += fmt.Sprintf(", each labelled %q", p.list.Label)
	}
	return how
}
