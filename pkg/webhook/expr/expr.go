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

// Expr finds one value in a call. The zero value finds nothing. Make it with the functions below: exactly one of its fields is set,
// except that Claim, or Field and Between, are set beside Header.
type Expr struct {
	JSON   string `json:"json,omitempty"`
	XML    string `json:"xml,omitempty"`
	Form   string `json:"form,omitempty"`
	Query  string `json:"query,omitempty"`
	Header string `json:"header,omitempty"`
	Claim  string `json:"claim,omitempty"`
	// Field is a name in a header that holds pairs, and Between the text that separates the pairs.
	Field   string `json:"field,omitempty"`
	Between string `json:"between,omitempty"`
	After   string `json:"after,omitempty"`
	Join    []Expr `json:"join,omitempty"`
	First   []Expr `json:"first,omitempty"`
}

// JSON finds a string or a number in a JSON body, by a path of object keys joined by dots. "entry[0].id" is the id of the list's first
// element. "entry[].id" is the ids of all elements, joined by commas; it finds nothing if one of them has no id.
func JSON(path string) Expr { return Expr{JSON: path} }

// XML finds the text of an element in an XML body, by a path of names below the root, joined by dots: "Encrypt". It finds nothing if
// there are several such elements.
func XML(path string) Expr { return Expr{XML: path} }

// Form finds a field in a body of the type application/x-www-form-urlencoded. It finds nothing if the field is there twice.
func Form(name string) Expr { return Expr{Form: name} }

// Query finds a parameter of the query. It finds nothing if the parameter is there twice.
func Query(name string) Expr { return Expr{Query: name} }

// Header finds a header. It finds nothing if the header is there twice.
func Header(name string) Expr { return Expr{Header: name} }

// Claim finds a claim of the JWT in a header, with or without "Bearer" before it. It does not verify the JWT: use it only if the policy's
// [proof.JWT] verifies that header.
func Claim(header, name string) Expr { return Expr{Header: header, Claim: name} }

// Field finds one pair's value in a header of pairs: "t=1700000000,s=5c0f…" has the names t and s, with "," between the pairs. Blanks
// around a pair do not count. It finds nothing if the header, or the name in it, is there twice.
func Field(header, name, between string) Expr {
	return Expr{Header: header, Field: name, Between: between}
}

// PathAfter finds the last segment of the path, as it was escaped, if exactly this prefix stands before it:
// "/_matrix/app/v1/transactions/".
func PathAfter(prefix string) Expr { return Expr{After: prefix} }

// Join finds several values and joins them to one. It finds nothing if one of them is missing.
func Join(all ...Expr) Expr { return Expr{Join: all} }

// FirstOf finds the first value that is there.
func FirstOf(all ...Expr) Expr { return Expr{First: all} }

// Find is the value as text: a string's text, or a number's digits as they were written. It is "" if there is none. A body is read in
// one way only, by its type: as a form, or as JSON or XML.
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

// None is true for the zero value, which finds nothing.
func (e Expr) None() bool {
	return e.kinds() == 0 && e.Claim == "" && e.Field == "" && e.Between == ""
}

func (e Expr) kinds() int {
	return count.Set(e.JSON != "", e.XML != "", e.Form != "", e.Query != "", e.Header != "", e.After != "", len(e.Join) > 0, len(e.First) > 0)
}

// InBody is true if the expression itself looks into the body; see [Expr.Leaves].
func (e Expr) InBody() bool { return e.JSON != "" || e.XML != "" || e.Form != "" }

// AsksBody is true if the expression, or one in it, looks into the body.
func (e Expr) AsksBody() bool { return slices.ContainsFunc(e.Leaves(), Expr.InBody) }

// Leaves are the expressions in this one that look into the call themselves: all but Join and FirstOf.
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

// Same says whether two leaves look in the same place.
func (e Expr) Same(o Expr) bool {
	return e.JSON == o.JSON && e.XML == o.XML && e.Form == o.Form && e.Query == o.Query && strings.EqualFold(e.Header, o.Header) &&
		e.Claim == o.Claim && e.Field == o.Field && e.Between == o.Between && e.After == o.After
}

// Required is [Expr.Problem] for an expression that must not be the zero value.
func (e Expr) Required() error {
	if e.None() {
		return errors.New("is required")
	}
	return e.Problem()
}

// Problem says what is wrong with the expression; nil if nothing is.
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

// Place says in words where an expression looks.
func (e Expr) Place() string {
	data, err := json.Marshal(e)
	if err != nil || e.None() {
		return "nowhere"
	}
	return string(data)
}
