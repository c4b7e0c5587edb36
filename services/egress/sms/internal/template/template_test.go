package template_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/sms/internal/template"
)

var fields = []string{"to", "text"}

func TestExpand(t *testing.T) {
	values := map[string]string{"to": "+34", "text": "{to} }{ {{"}
	for text, want := range map[string]string{
		"":                  "",
		"plain":             "plain",
		"{to}":              "<+34>",
		"a{to}b{text}":      "a<+34>b<{to} }{ {{>", // what stands in a value is no field
		"{{to}} {{{to}}}":   "{to} {<+34>}",
		"¿{to}?":            "¿<+34>?",
		"{{}}":              "{}",
		`{"a": "{{{text}"}`: "",
	} {
		tmpl, err := template.Parse(text, fields...)
		if want == "" && text != "" {
			if err == nil {
				t.Errorf("%q: no error", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := tmpl.Expand(func(name string) string { return values[name] }, func(v string) string { return "<" + v + ">" }); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A mistake says where it is, and quotes nothing: what stands there may be a credential.
func TestMistakesNameThePosition(t *testing.T) {
	for text, position := range map[string]int{
		"{to": 1, "¿x {text": 4, "a}": 2, "{to}{S3CRET}": 5, "{}": 1, "{ to }": 1, "{To}": 1, "{to}}": 5, "{{{": 3,
	} {
		_, err := template.Parse(text, fields...)
		m, ok := errors.AsType[*template.Mistake](err)
		if !ok || m.Position != position || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%q: %v, want position %d", text, err, position)
		}
	}
}

func TestFields(t *testing.T) {
	tmpl, err := template.Parse("{to}-{text}-{to}", fields...)
	if err != nil || !slices.Equal(tmpl.Fields(), []string{"to", "text", "to"}) || tmpl.Alone() != "" {
		t.Errorf("%v, %v", tmpl.Fields(), err)
	}
	if alone, err := template.Parse("{to}", fields...); err != nil || alone.Alone() != "to" {
		t.Errorf("%v, %v", alone, err)
	}
}

// Whatever is written, a template is read or refused, and text without braces is itself.
func FuzzParse(f *testing.F) {
	f.Add("{to} {{ }} ¿{text}?")
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := template.Parse(text, fields...)
		if err == nil && !strings.ContainsAny(text, "{}") && strings.ToValidUTF8(text, "\uFFFD") == text {
			if got := tmpl.Expand(func(string) string { return "x" }, nil); got != text {
				t.Errorf("%q: %q", text, got)
			}
		}
	})
}
