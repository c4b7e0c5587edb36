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

// Write writes the text of a call; false where a part is not there, and what was written must not be used.
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

// Variants is in how many ways the text may have been written.
func (t Text) Variants() int {
	most := 1
	for _, p := range t {
		most = max(most, p.URL.variants(), Text(p.Sorted).Variants())
	}
	return most
}

// AsksBody says that the text cannot be written without the body.
func (t Text) AsksBody() bool { return slices.ContainsFunc(t, Part.asksBody) }

// Fits is false where the type of the body says that it holds none of the parameters that are signed.
func (t Text) Fits(c expr.Call) bool {
	return !slices.ContainsFunc(t, func(p Part) bool {
		return p.Params != nil && p.Params.Source == InForm && !c.IsForm() || !Text(p.Sorted).Fits(c)
	})
}

// Secrets counts where the secret stands in the text.
func (t Text) Secrets() (n int) {
	for _, p := range t {
		n += Text(p.Sorted).Secrets() + count.Set(p.Secret)
	}
	return n
}

// Covers says that what the expression finds is part of the text.
func (t Text) Covers(e expr.Expr) bool {
	return slices.ContainsFunc(t, func(p Part) bool { return p.covers(e) })
}

// Fields are the names of the account's fields that stand in the text, in no order and with repeats.
func (t Text) Fields() (all []string) {
	for _, p := range t {
		all = append(append(all, p.Account), Text(p.Sorted).Fields()...)
	}
	return all
}

// Problems are what is wrong with the parts; what is the name of the field that they stand in.
func (t Text) Problems(what string) (errs []error) {
	for i, part := range t {
		if err := part.problem(); err != nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %w", what, i, err))
		}
	}
	return errs
}
