package signed

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
)

// Part is one piece of a signed text. Make it with the functions below; exactly one of its fields is set.
type Part struct {
	Literal string      `json:"literal,omitempty"`
	Value   expr.Expr   `json:"value,omitzero"`
	Body    bool        `json:"body,omitempty"`
	Digest  *BodyDigest `json:"digest,omitempty"`
	URL     URLForm     `json:"url,omitempty"`
	Params  *Params     `json:"params,omitempty"`
	Account string      `json:"account,omitempty"`
	Secret  bool        `json:"secret,omitempty"`
	Sorted  []Part      `json:"sorted,omitempty"`
}

// BodyDigest is a hash of the body as it is written into a signed text: in lower-case hex, in base64 with padding, or as raw bytes.
type BodyDigest struct {
	Hash     digest.Function `json:"hash"`
	Encoding digest.Encoding `json:"encoding"`
}

// Lit is a constant text.
func Lit(text string) Part { return Part{Literal: text} }

// From is the value that an expression finds. If it finds nothing the call is forged.
func From(e expr.Expr) Part { return Part{Value: e} }

// FromHeader is the value of a header: see [expr.Header].
func FromHeader(name string) Part { return From(expr.Header(name)) }

// FromQuery is the value of a parameter of the query: see [expr.Query].
func FromQuery(name string) Part { return From(expr.Query(name)) }

// FromForm is the value of a form's field: see [expr.Form].
func FromForm(name string) Part { return From(expr.Form(name)) }

// FromJSON is a string or number of a JSON body: see [expr.JSON].
func FromJSON(path string) Part { return From(expr.JSON(path)) }

// FromXML is the text of an element of an XML body: see [expr.XML].
func FromXML(path string) Part { return From(expr.XML(path)) }

// FromAccount is a field of the account that is no credential, such as an app id. It has to have exactly one value.
func FromAccount(field string) Part { return Part{Account: field} }

// Body is the body byte for byte.
func Body() Part { return Part{Body: true} }

// DigestOfBody is the body's hash, as lower-case [digest.Hex], [digest.Base64], or [digest.Raw] bytes.
func DigestOfBody(hash digest.Function, as digest.Encoding) Part {
	return Part{Digest: &BodyDigest{hash, as}}
}

// URL is the public URL that was called, with its query.
func URL() Part { return Part{URL: AsCalled} }

// URLAnyPort is the URL with its port or without it; both ways are tried.
func URLAnyPort() Part { return Part{URL: AnyPort} }

// URLAnySpelling is the URL with its port or without, and with apostrophes and the like in its query escaped or not; all 6 ways are
// tried.
func URLAnySpelling() Part { return Part{URL: AnySpelling} }

// Sorted is several parts, sorted by their bytes.
func Sorted(parts ...Part) Part { return Part{Sorted: parts} }

// TheSecret is the secret itself, for [proof.Hash].
func TheSecret() Part { return Part{Secret: true} }

// covers says that what the expression finds is part of the text.
func (p Part) covers(e expr.Expr) bool {
	switch {
	case p.Body, p.Digest != nil:
		return e.InBody()
	case p.URL != "":
		return e.Query != "" || e.After != ""
	case p.Params != nil:
		return p.Params.covers(e)
	case !p.Value.None():
		return slices.ContainsFunc(p.Value.Leaves(), func(l expr.Expr) bool { return l.Same(e) })
	}
	return slices.ContainsFunc(p.Sorted, func(s Part) bool { return s.covers(e) })
}

// Problem is what is wrong with it, nil for nothing.
func (p Part) problem() error {
	if n := count.Set(p.Literal != "", !p.Value.None(), p.Body, p.Digest != nil, p.URL != "", p.Params != nil, p.Account != "", p.Secret, len(p.Sorted) > 0); n != 1 {
		return fmt.Errorf("is %d things instead of one", n)
	}
	switch {
	case p.Digest != nil && p.Digest.Hash.New() == nil:
		return fmt.Errorf("unknown hash %q", p.Digest.Hash)
	case p.Digest != nil && p.Digest.Encoding != digest.Hex && p.Digest.Encoding != digest.Base64 && p.Digest.Encoding != digest.Raw:
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
	return p.Value.Problem()
}

func (p Part) asksBody() bool {
	return p.Body || p.Digest != nil || p.Params != nil && p.Params.Source == InForm || p.Value.AsksBody() || slices.ContainsFunc(p.Sorted, Part.asksBody)
}
