package signed

import (
	"bytes"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

// Reading writes a signed text of one call, with one secret and in one variant. It is not safe for concurrent use.
type Reading struct {
	expr.Call
	account expr.Secrets
	secret  string
	variant int
	known   map[*Part][]byte // what is the same with every secret, in every variant; nil for what is not there
}

// Read makes the Reading of a call. account has the fields that [FromAccount] names. A part is read when it is first needed, and then
// kept in the Reading.
func Read(c expr.Call, account expr.Secrets) Reading {
	return Reading{Call: c, account: account, known: map[*Part][]byte{}}
}

// With is the same Reading with another secret, in another of the [Text.Variants], which count from 0. Parts that do not depend on either
// are not read again.
func (r Reading) With(secret string, variant int) Reading {
	r.secret, r.variant = secret, variant
	return r
}

// Finds says whether the call has the part.
func (r Reading) Finds(p *Part) bool {
	_, ok := r.text(p)
	return ok
}

func (r Reading) text(p *Part) ([]byte, bool) {
	switch {
	case p.Literal != "":
		return []byte(p.Literal), true
	case p.Body:
		return r.Body, true
	case p.URL != "":
		url := p.URL.of(r.URL, r.variant)
		return []byte(url), url != ""
	case p.Account != "":
		values := r.account[p.Account]
		return []byte(first(values)), len(values) == 1 && values[0] != ""
	case p.Secret:
		return []byte(r.secret), r.secret != ""
	case len(p.Sorted) > 0:
		return r.sorted(p.Sorted)
	}
	text, found := r.known[p]
	if !found {
		text = p.constant(r.Call)
		r.known[p] = text
	}
	return text, text != nil
}

// constant is what does not depend on the secret, nil for what is not there.
func (p *Part) constant(c expr.Call) []byte {
	switch {
	case p.Digest != nil:
		if sum := p.Digest.Hash.Of(c.Body); sum != nil {
			return p.Digest.Encoding.Encode(sum)
		}
	case p.Params != nil:
		return p.Params.text(c)
	default:
		if value := p.Value.Find(c); value != "" {
			return []byte(value)
		}
	}
	return nil
}

func (r Reading) sorted(parts []Part) ([]byte, bool) {
	var texts [][]byte
	for i := range parts {
		text, ok := r.text(&parts[i])
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	slices.SortFunc(texts, bytes.Compare)
	return bytes.Join(texts, nil), true
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
