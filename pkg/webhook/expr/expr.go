package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/internal/count"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Expr finds one value in a call. The zero value finds nothing. Make it with the functions below; exactly one of its
// fields is set, but Claim, or Field and Between, go with Header.
type Expr struct {
	JSON   string `json:"json,omitempty"`
	XML    string `json:"xml,omitempty"`
	Form   string `json:"form,omitempty"`
	Query  string `json:"query,omitempty"`
	Header string `json:"header,omitempty"`
	Claim  string `json:"claim,omitempty"`
	// Field is a name in a header of pairs, Between what stands between them.
	Field   string `json:"field,omitempty"`
	Between string `json:"between,omitempty"`
	After   string `json:"after,omitempty"`
	Join    []Expr `json:"join,omitempty"`
	First   []Expr `json:"first,omitempty"`
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
// something where the policy's [proof.JWT] verifies that header.
func Claim(header, name string) Expr { return Expr{Header: header, Claim: name} }

// Field finds a part of a header that is there once, by its name: "t=1700000000,s=5c0f…" has t and s, with "," between them.
// Blanks around a part are not of it. Nothing where the name is there twice.
func Field(header, name, between string) Expr {
	return Expr{Header: header, Field: name, Between: between}
}

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
	case e.JSON != "" && !c.IsForm():
		return scan.JSON(c.Content(), e.JSON)
	case e.XML != "" && !c.IsForm():
		return scan.XML(c.Content(), strings.Split(e.XML, "."))
	case e.Form != "" && c.IsForm():
		return once(c.Content(), e.Form, true)
	case e.Query != "":
		return once([]byte(c.Query), e.Query, false)
	case e.Claim != "":
		return scan.Claim(only(c.Header.Values(e.Header)), e.Claim)
	case e.Field != "":
		return field(only(c.Header.Values(e.Header)), e.Field, e.Between)
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

// field is the value of the one pair of this name.
func field(pairs, name, between string) (value string) {
	times := 0
	for pair := range strings.SplitSeq(pairs, between) {
		if key, rest, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && key == name {
			value = rest
			times++
		}
	}
	if between == "" || times != 1 {
		return ""
	}
	return value
}

// None says that it is the zero value, which finds nothing.
func (e Expr) None() bool {
	return e.kinds() == 0 && e.Claim == "" && e.Field == "" && e.Between == ""
}

func (e Expr) kinds() int {
	return count.Set(e.JSON != "", e.XML != "", e.Form != "", e.Query != "", e.Header != "", e.After != "", len(e.Join) > 0, len(e.First) > 0)
}

// InBody says that it looks into the body itself.
func (e Expr) InBody() bool { return e.JSON != "" || e.XML != "" || e.Form != "" }

// AsksBody says that the expression looks into the body, among other places perhaps.
func (e Expr) AsksBody() bool { return slices.ContainsFunc(e.Leaves(), Expr.InBody) }

// Leaves are the expressions that look into the call themselves.
func (e Expr) Leaves() []Expr {
	if len(e.Join) == 0 && len(e.First) == 0 {
		return []Expr{e}
	}
	var out []Expr
	for _, one := range slices.Concat(e.Join, e.First) {
		out = append(out, one.Leaves()...)
	}
	return out
}

// Same says that two leaves find the same value.
func (e Expr) Same(o Expr) bool {
	return e.JSON == o.JSON && e.XML == o.XML && e.Form == o.Form && e.Query == o.Query && strings.EqualFold(e.Header, o.Header) &&
		e.Claim == o.Claim && e.Field == o.Field && e.Between == o.Between && e.After == o.After
}

// Required is what is wrong with an expression that must find something.
func (e Expr) Required() error {
	if e.None() {
		return errors.New("is required")
	}
	return e.Problem()
}

// Problem is what is wrong with it, nil for nothing.
func (e Expr) Problem() error {
	switch {
	case e.None():
		return nil
	case e.kinds() != 1:
		return fmt.Errorf("looks in %d places instead of one", e.kinds())
	case e.Claim != "" && e.Header == "":
		return errors.New("claim: goes with the header that holds the JWT")
	case (e.Field != "") != (e.Between != "") || e.Field != "" && (e.Header == "" || e.Claim != ""):
		return errors.New("field: goes with between, and the header that holds the pairs")
	case strings.Contains(e.Field, "=") || e.Field != "" && strings.Contains(e.Field, e.Between):
		return fmt.Errorf("field: %q holds what separates pairs", e.Field)
	case e.JSON != "":
		return scan.CheckPath(e.JSON)
	case e.XML != "" && slices.Contains(strings.Split(e.XML, "."), ""):
		return fmt.Errorf("xml: %q has an empty name", e.XML)
	case e.After != "" && (!strings.HasPrefix(e.After, "/") || !strings.HasSuffix(e.After, "/")):
		return fmt.Errorf("after: %q does not begin and end with a slash", e.After)
	}
	for _, one := range slices.Concat(e.Join, e.First) {
		if err := one.Required(); err != nil {
			return err
		}
	}
	return nil
}

// Place is where an expression looks.
func (e Expr) Place() string {
	data, err := json.Marshal(e)
	if err != nil || e.None() {
		return "nowhere"
	}
	return string(data)
}
