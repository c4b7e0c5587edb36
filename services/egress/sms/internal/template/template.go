// Package template is text with named fields, "{to}", and nothing more: no conditions, no code. A value is escaped for the
// place where it stands, by whoever expands the template. "{{" and "}}" stand for one brace.
//
//	t, err := template.Parse("Bearer {key}", "key", "user")
//	header := t.Expand(func(string) string { return secret }, nil)
package template

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a text with fields. The zero value is an empty text. It is not changed after it was made.
type Template struct{ parts []part }

// part is a text as it is, or a field.
type part struct{ literal, field string }

// Mistake is what is wrong with a template. It holds nothing of the template, which may hold a credential.
type Mistake struct {
	// Position counts characters from 1 on.
	Position int
	What     string
}

func (m *Mistake) Error() string { return fmt.Sprintf("%s at position %d", m.What, m.Position) }

// Parse reads a template that may have these fields. The error is a [Mistake].
func Parse(text string, fields ...string) (Template, error) {
	var t Template
	var literal strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		double := i+1 < len(runes) && runes[i+1] == r
		switch {
		case (r == '{' || r == '}') && double:
			literal.WriteRune(r)
			i++
		case r == '}':
			return Template{}, &Mistake{i + 1, "a closing brace without an opening one"}
		case r == '{':
			length := slices.Index(runes[i+1:], '}')
			if length < 0 {
				return Template{}, &Mistake{i + 1, "a brace that is not closed"}
			}
			name := string(runes[i+1 : i+1+length])
			if !slices.Contains(fields, name) {
				return Template{}, &Mistake{i + 1, "a field that cannot stand here (there are " + strings.Join(fields, ", ") + ")"}
			}
			t.add(part{literal: literal.String()}, part{field: name})
			literal.Reset()
			i += length + 1
		default:
			literal.WriteRune(r)
		}
	}
	t.add(part{literal: literal.String()})
	return t, nil
}

func (t *Template) add(parts ...part) {
	for _, p := range parts {
		if p != (part{}) {
			t.parts = append(t.parts, p)
		}
	}
}

// Fields are the names of its fields, in their order, each as often as it stands there.
func (t Template) Fields() []string {
	var names []string
	for _, p := range t.parts {
		if p.field != "" {
			names = append(names, p.field)
		}
	}
	return names
}

// Alone is the field that is all of the template, "" where there is anything else.
func (t Template) Alone() string {
	if len(t.parts) == 1 {
		return t.parts[0].field
	}
	return ""
}

// Expand is the text with the value of each field, escaped. What is no field stays as it is. escape nil changes nothing.
func (t Template) Expand(value, escape func(string) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.field == "":
			b.WriteString(p.literal)
		case escape == nil:
			b.WriteString(value(p.field))
		default:
			b.WriteString(escape(value(p.field)))
		}
	}
	return b.String()
}
