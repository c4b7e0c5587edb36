package webhook

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Expr finds one value in a call. The zero value finds nothing. Make it with the functions below; exactly one of its
// fields is set, but Claim goes with Header.
type Expr struct {
	JSON   string `json:"json,omitempty"`
	XML    string `json:"xml,omitempty"`
	Form   string `json:"form,omitempty"`
	Query  string `json:"query,omitempty"`
	Header string `json:"header,omitempty"`
	Claim  string `json:"claim,omitempty"`
	After  string `json:"after,omitempty"`
	Join   []Expr `json:"join,omitempty"`
	First  []Expr `json:"first,omitempty"`
}

// JSON finds a text or a number in a JSON body by a path of object keys joined by dots. "entry[0].id" is that of the
// list's first element, "entry[].id" those of all of them, joined by commas; nothing where one has none.
func JSON(path string) Expr { return Expr{JSON: path} }

// XML finds the text of an element in an XML body by a path of names below its root, joined by dots: "Encrypt".
// Nothing where there are several.
func XML(path string) Expr { return Expr{XML: path} }

// Form finds a field that is there once in a body of the type application/x-www-form-urlencoded.
func Form(name string) Expr { return Expr{Form: name} }

// Query finds a parameter that is there once.
func Query(name string) Expr { return Expr{Query: name} }

// Header finds a header that is there once.
func Header(name string) Expr { return Expr{Header: name} }

// Claim finds a claim of the JWT that a header holds, with or without "Bearer" before it. The claim is only worth
// something where the policy's [JWT] verifies that header.
func Claim(header, name string) Expr { return Expr{Header: header, Claim: name} }

// PathAfter finds the last segment of the path, as it was escaped, where this is all that precedes it:
// "/_matrix/app/v1/transactions/".
func PathAfter(prefix string) Expr { return Expr{After: prefix} }

// Join finds several values as one; nothing where one of them is missing.
func Join(all ...Expr) Expr { return Expr{Join: all} }

// FirstOf finds the first of several values that is there.
func FirstOf(all ...Expr) Expr { return Expr{First: all} }

// Find is the value as text: a string's text, a number's digits as they were written. "" where there is none. What is
// in a form is not looked for in JSON or XML, nor the other way round: a body is read in one way only.
func (e Expr) Find(c Call) string {
	switch {
	case e.kinds() != 1:
		return ""
	case e.JSON != "" && !c.isForm():
		return scan.JSON(c.content(), e.JSON)
	case e.XML != "" && !c.isForm():
		return scan.XML(c.content(), strings.Split(e.XML, "."))
	case e.Form != "" && c.isForm():
		return once(c.content(), e.Form, true)
	case e.Query != "":
		return once([]byte(c.Query), e.Query, false)
	case e.Claim != "":
		return inJWT(only(c.Header.Values(e.Header)), e.Claim)
	case e.Header != "":
		return only(c.Header.Values(e.Header))
	case e.After != "":
		segment, ok := strings.CutPrefix(c.Suffix, e.After)
		if !ok || strings.Contains(segment, "/") {
			return ""
		}
		return segment
	case len(e.Join) > 0:
		var values []string
		for _, one := range e.Join {
			value := one.Find(c)
			if value == "" {
				return ""
			}
			values = append(values, value)
		}
		return strings.Join(values, "\x00")
	}
	for _, one := range e.First {
		if value := one.Find(c); value != "" {
			return value
		}
	}
	return ""
}

// once is a parameter's value where it is there once.
func once(raw []byte, name string, strict bool) string {
	value, times := scan.Parameter(raw, name, strict)
	if times != 1 {
		return ""
	}
	return value
}

// only is the value where there is one.
func only(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

func (e Expr) none() bool { return e.kinds() == 0 && e.Claim == "" }

func (e Expr) kinds() int {
	return count(e.JSON != "", e.XML != "", e.Form != "", e.Query != "", e.Header != "", e.After != "", len(e.Join) > 0, len(e.First) > 0)
}

func (e Expr) inBody() bool { return e.JSON != "" || e.XML != "" || e.Form != "" }

// asksBody says that the expression looks into the body, among other places perhaps.
func (e Expr) asksBody() bool { return slices.ContainsFunc(e.leaves(), Expr.inBody) }

// leaves are the expressions that look into the call themselves.
func (e Expr) leaves() []Expr {
	if len(e.Join) == 0 && len(e.First) == 0 {
		return []Expr{e}
	}
	var out []Expr
	for _, one := range slices.Concat(e.Join, e.First) {
		out = append(out, one.leaves()...)
	}
	return out
}

// same says that two leaves find the same value.
func (e Expr) same(o Expr) bool {
	return e.JSON == o.JSON && e.XML == o.XML && e.Form == o.Form && e.Query == o.Query && strings.EqualFold(e.Header, o.Header) &&
		e.Claim == o.Claim && e.After == o.After
}

// required is what is wrong with an expression that must find something.
func (e Expr) required() error {
	if e.none() {
		return errors.New("is required")
	}
	return e.problem()
}

func (e Expr) problem() error {
	switch {
	case e.none():
		return nil
	case e.kinds() != 1:
		return fmt.Errorf("looks in %d places instead of one", e.kinds())
	case e.Claim != "" && e.Header == "":
		return errors.New("claim: goes with the header that holds the JWT")
	case e.JSON != "":
		return scan.CheckPath(e.JSON)
	case e.XML != "" && slices.Contains(strings.Split(e.XML, "."), ""):
		return fmt.Errorf("xml: %q has an empty name", e.XML)
	case e.After != "" && (!strings.HasPrefix(e.After, "/") || !strings.HasSuffix(e.After, "/")):
		return fmt.Errorf("after: %q does not begin and end with a slash", e.After)
	}
	for _, one := range slices.Concat(e.Join, e.First) {
		if err := one.required(); err != nil {
			return err
		}
	}
	return nil
}
