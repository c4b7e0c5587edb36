package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Part is one piece of a signed text. Make it with the functions below; exactly one of its fields is set.
type Part struct {
	Literal string      `json:"literal,omitempty"`
	Value   Expr        `json:"value,omitzero"`
	Body    bool        `json:"body,omitempty"`
	Digest  *BodyDigest `json:"digest,omitempty"`
	URL     URLForm     `json:"url,omitempty"`
	Params  *Params     `json:"params,omitempty"`
	Account string      `json:"account,omitempty"`
	Secret  bool        `json:"secret,omitempty"`
	Sorted  []Part      `json:"sorted,omitempty"`
}

// BodyDigest is a hash of the body as it is put into a signed text.
type BodyDigest struct {
	Hash     Digest   `json:"hash"`
	Encoding Encoding `json:"encoding"`
}

// Lit is a constant text.
func Lit(text string) Part { return Part{Literal: text} }

// From is what an expression finds; where it finds nothing the call is forged.
func From(e Expr) Part { return Part{Value: e} }

// FromHeader is the value of a header that is there once.
func FromHeader(name string) Part { return From(Header(name)) }

// FromQuery is the value of a query's parameter that is there once.
func FromQuery(name string) Part { return From(Query(name)) }

// FromForm is the value of a form's field that is there once.
func FromForm(name string) Part { return From(Form(name)) }

// FromJSON is a text or number of a JSON body.
func FromJSON(path string) Part { return From(JSON(path)) }

// FromXML is the text of an element of an XML body.
func FromXML(path string) Part { return From(XML(path)) }

// FromAccount is the only text of a field of the account that is no credential: an app id.
func FromAccount(field string) Part { return Part{Account: field} }

// Body is the body byte for byte.
func Body() Part { return Part{Body: true} }

// DigestOfBody is the body's hash, as [Hex] in small letters, [Base64], or [Raw] bytes.
func DigestOfBody(hash Digest, as Encoding) Part { return Part{Digest: &BodyDigest{hash, as}} }

// URL is the public URL that was called, its query included.
func URL() Part { return Part{URL: AsCalled} }

// URLAnyPort is the URL with its port or without: the text may have been signed either way.
func URLAnyPort() Part { return Part{URL: AnyPort} }

// URLAnySpelling is the URL with its port or without, and its query with apostrophes and the like escaped or not: the text
// may have been signed in any of these ways.
func URLAnySpelling() Part { return Part{URL: AnySpelling} }

// Sorted are several parts in the order of their bytes.
func Sorted(parts ...Part) Part { return Part{Sorted: parts} }

// TheSecret is the secret itself, for [Hash].
func TheSecret() Part { return Part{Secret: true} }

// reading is a call being put into a signed text, with one secret and one way to write it.
type reading struct {
	Call
	account Secrets
	secret  string
	variant int
	known   map[*Part][]byte // what is the same with every secret, in every variant; nil for what is not there
}

// write writes the parts; false where one is not there, and the text must not be used.
func (r reading) write(w io.Writer, parts []Part) bool {
	for i := range parts {
		text, ok := r.text(&parts[i])
		if !ok {
			return false
		}
		_, _ = w.Write(text)
	}
	return true
}

func (r reading) text(p *Part) ([]byte, bool) {
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
func (p *Part) constant(c Call) []byte {
	switch {
	case p.Digest != nil:
		if sum := p.Digest.Hash.of(c.Body); sum != nil {
			return p.Digest.Encoding.encode(sum)
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

func (r reading) sorted(parts []Part) ([]byte, bool) {
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

// variants is in how many ways the text may have been written.
func variants(parts []Part) int {
	most := 1
	for _, p := range parts {
		most = max(most, p.URL.variants(), variants(p.Sorted))
	}
	return most
}

// asksBody says that the text cannot be written without the body.
func (p Part) asksBody() bool {
	return p.Body || p.Digest != nil || p.Params != nil && p.Params.Source == InForm || p.Value.asksBody() || slices.ContainsFunc(p.Sorted, Part.asksBody)
}

// fit is false where the type of the body says that it holds none of the parameters that are signed.
func fit(parts []Part, c Call) bool {
	return !slices.ContainsFunc(parts, func(p Part) bool {
		return p.Params != nil && p.Params.Source == InForm && !c.isForm() || !fit(p.Sorted, c)
	})
}

// secrets counts where the secret stands in the text.
func secrets(parts []Part) (n int) {
	for _, p := range parts {
		n += secrets(p.Sorted) + count(p.Secret)
	}
	return n
}

// covers says that what the expression finds is part of the text.
func (p Part) covers(e Expr) bool {
	switch {
	case p.Body, p.Digest != nil:
		return e.inBody()
	case p.URL != "":
		return e.Query != "" || e.After != ""
	case p.Params != nil:
		return p.Params.covers(e)
	case !p.Value.none():
		return slices.ContainsFunc(p.Value.leaves(), func(l Expr) bool { return l.same(e) })
	}
	return slices.ContainsFunc(p.Sorted, func(s Part) bool { return s.covers(e) })
}

func (p Part) problem() error {
	if n := count(p.Literal != "", !p.Value.none(), p.Body, p.Digest != nil, p.URL != "", p.Params != nil, p.Account != "", p.Secret, len(p.Sorted) > 0); n != 1 {
		return fmt.Errorf("is %d things instead of one", n)
	}
	switch {
	case p.Digest != nil && p.Digest.Hash.new() == nil:
		return fmt.Errorf("unknown hash %q", p.Digest.Hash)
	case p.Digest != nil && p.Digest.Encoding != Hex && p.Digest.Encoding != Base64 && p.Digest.Encoding != Raw:
		return errors.New("a digest's encoding is hex, base64 or raw")
	case p.URL != "" && p.URL != AsCalled && p.URL.variants() == 1:
		return fmt.Errorf("unknown form of a URL %q", p.URL)
	case p.Params != nil:
		return p.Params.problem()
	}
	for i, s := range p.Sorted {
		if err := s.problem(); err != nil {
			return fmt.Errorf("sorted[%d]: %w", i, err)
		}
	}
	return p.Value.problem()
}
