package signed

import (
	"fmt"
	"io"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
)

// Text is a signed text: its parts, one after another. Authors write it as a list: []signed.Part{…}.
type Text []Part

// Write writes the text of a call. It is false if a part is missing; then what was written must not be used.
func (t Text) Write(w io.Writer, r Reading) bool {
	for i := range t {
		text, ok := r.text(&t[i])
		if !ok {
			return false
		}
		_, _ = w.Write(text)
	}
	return true
}

// Variants is the number of ways in which the network may have written the text, 1 or more.
func (t Text) Variants() int {
	most := 1
	for _, p := range t {
		most = max(most, p.URL.variants(), Text(p.Sorted).Variants())
	}
	return most
}

// AsksBody says that the text cannot be written without the body.
func (t Text) AsksBody() bool { return slices.ContainsFunc(t, Part.asksBody) }

// Fits is false if the text has parameters of a form, and the body's type says that it is none.
func (t Text) Fits(c expr.Call) bool {
	return !slices.ContainsFunc(t, func(p Part) bool {
		return p.Params != nil && p.Params.Source == InForm && !c.IsForm() || !Text(p.Sorted).Fits(c)
	})
}

// Secrets is how often the secret is part of the text.
func (t Text) Secrets() (n int) {
	for _, p := range t {
		n += Text(p.Sorted).Secrets() + count.Set(p.Secret)
	}
	return n
}

// Covers says whether the value that the expression finds is part of the text, and so cannot be changed without the signature.
func (t Text) Covers(e expr.Expr) bool {
	return slices.ContainsFunc(t, func(p Part) bool { return p.covers(e) })
}

// Fields are the names of the account's fields that are part of the text, in no order and perhaps repeated.
func (t Text) Fields() (all []string) {
	for _, p := range t {
		all = append(append(all, p.Account), Text(p.Sorted).Fields()...)
	}
	return all
}

// Problems are the problems of all parts. what is the name of the policy's field that holds them, for the errors' text.
func (t Text) Problems(what string) (errs []error) {
	for i, part := range t {
		if err := part.problem(); err != nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %w", what, i, err))
		}
	}
	return errs
}
