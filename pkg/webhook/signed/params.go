package signed

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Params describes how a network signs all parameters, sorted by name. A query or form that cannot be parsed to its last byte, or has
// more than 1,000 parameters, makes the call forged. Note that where a network puts nothing between names and values, as Twilio does,
// its signature does not say where one ends and the next begins.
type Params struct {
	// Source says where the parameters are. Required.
	Source Source `json:"source"`
	// Except are names that are left out, such as that of the signature itself.
	Except []string `json:"except,omitempty"`
	// Before is written before each pair, Equals between name and value, and Between between two pairs.
	Before  string `json:"before,omitempty"`
	Equals  string `json:"equals,omitempty"`
	Between string `json:"between,omitempty"`
	// Unique sorts the values of one name too, and writes each once. Otherwise they stay in the order in which they came.
	Unique bool `json:"unique,omitempty"`
	// Escaped writes names and values percent-encoded, as in a query.
	Escaped bool `json:"escaped,omitempty"`
	// Replace has characters in values written as others: {"&": "_"}.
	Replace map[string]string `json:"replace,omitempty"`
}

// Source says where parameters are.
type Source string

// The sources. A form is a body of the type application/x-www-form-urlencoded; in any other there are no parameters,
// and a scheme that signs them admits nothing.
const (
	InQuery Source = "query"
	InForm  Source = "form"
)

// SortedParams are parameters as a part.
func SortedParams(p Params) Part { return Part{Params: &p} }

// maxParams bounds how many parameters are signed: networks send some dozens.
const maxParams = 1000

// text is nil for what cannot be signed.
func (p Params) text(c expr.Call) []byte {
	raw := []byte(c.Query)
	if p.Source == InForm {
		if !c.IsForm() {
			return nil
		}
		raw = c.Content()
	}
	all, ok := p.sorted(raw)
	if !ok {
		return nil
	}
	var replace []string
	for _, old := range slices.Sorted(maps.Keys(p.Replace)) {
		replace = append(replace, old, p.Replace[old])
	}
	replacer := strings.NewReplacer(replace...)
	text := bytes.NewBuffer(make([]byte, 0, len(raw)+1)) // is not nil where there are no parameters
	for i, one := range all {
		if i > 0 {
			text.WriteString(p.Between)
		}
		text.WriteString(p.Before + p.escape(one.name) + p.Equals + p.escape(replacer.Replace(one.value)))
	}
	return text.Bytes()
}

// param is a parameter as it is meant.
type param struct{ name, value string }

// sorted are the parameters in their order; false where they cannot be parsed to the last byte, or are too many.
func (p Params) sorted(raw []byte) (all []param, ok bool) {
	if bytes.Count(raw, []byte("&")) >= maxParams {
		return nil, false
	}
	for one, ok := range scan.Pairs(raw) {
		if !ok {
			return nil, false
		}
		if name := one.Name(); !slices.Contains(p.Except, name) {
			all = append(all, param{name, one.Value()})
		}
	}
	slices.SortStableFunc(all, func(a, b param) int {
		if order := strings.Compare(a.name, b.name); order != 0 || !p.Unique {
			return order
		}
		return strings.Compare(a.value, b.value)
	})
	if p.Unique {
		all = slices.Compact(all)
	}
	return all, true
}

func (p Params) escape(text string) string {
	if p.Escaped {
		return url.QueryEscape(text)
	}
	return text
}

func (p Params) covers(e expr.Expr) bool {
	name := e.Query
	if p.Source == InForm {
		name = e.Form
	}
	return name != "" && !slices.Contains(p.Except, name)
}

func (p Params) problem() error {
	if p.Source != InQuery && p.Source != InForm {
		return fmt.Errorf("params: unknown source %q", p.Source)
	}
	for old := range p.Replace {
		if len([]rune(old)) != 1 {
			return fmt.Errorf("params: replace: %q is not one character", old)
		}
	}
	return nil
}
