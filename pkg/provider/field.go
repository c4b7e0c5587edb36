package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Field is one setting of an account.
type Field struct {
	// Name is that of the configuration, Doc what it is and where the vendor shows it.
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// DocEs is Doc in Spanish, for those who set a channel up on a page; "" where the network says it in English alone.
	DocEs string `json:"doc_es,omitempty"`
	// Secret says that it is a credential.
	Secret bool `json:"secret,omitempty"`
	// Many says that a credential may be a list: [Secrets].
	Many bool `json:"many,omitempty"`
	// Required says that an account without it is refused.
	Required bool `json:"required,omitempty"`
	// Label is what it is called on a page, in a few words, and LabelEs the same in Spanish; "" has its name stand there.
	Label   string `json:"label,omitempty"`
	LabelEs string `json:"label_es,omitempty"`
	// Kind is "number" or "switch", which is true or false; "" for a text, and for what is none of these.
	Kind string `json:"kind,omitempty"`
	// Values are all that it can have, the default first; none where it may hold anything. It is a text then.
	Values []string `json:"values,omitempty"`
}

// fields reads the account's settings: a field whose json name has no omitempty or omitzero is required. Its tag doc says what it is,
// label what it is called on a page, doc_es and label_es the same in Spanish; values has all that it can have with commas between
// them, the default first.
func fields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		many := f.Type == reflect.TypeFor[Secrets]()
		one := Field{
			Name: name, Doc: f.Tag.Get("doc"), DocEs: f.Tag.Get("doc_es"), Secret: many || f.Type == reflect.TypeFor[Secret](), Many: many,
			Required: !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero"),
			Label:    f.Tag.Get("label"), LabelEs: f.Tag.Get("label_es"), Kind: kindOf(f.Type),
		}
		if values := f.Tag.Get("values"); values != "" {
			one.Values = strings.Split(values, ",")
		}
		out = append(out, one)
	}
	return out
}

// kindOf is the kind of a field's value.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Bool:
		return "switch"
	default:
		return ""
	}
}

var spaces = regexp.MustCompile(`\s`)

// check is what is wrong with the value of a field, whatever the account's type; nil stands for none. That of a wrong
// type is left to the account, but for a list, which only a credential can be.
func (f Field) check(value json.RawMessage) error {
	var all []string
	missing := len(value) == 0 || string(value) == "null"
	switch {
	case missing:
	case f.Many && value[0] == '[':
		if json.Unmarshal(value, &all) != nil {
			return errors.New("must be a string or a list of strings")
		}
		if slices.Contains(all, "") {
			return errors.New("must hold no empty one")
		}
		missing = len(all) == 0
	default:
		var text string
		if json.Unmarshal(value, &text) == nil {
			missing, all = text == "", []string{text}
		} else if f.Many {
			return errors.New("must be a string or a list of strings")
		}
	}
	switch {
	case f.Required && missing:
		return errors.New("is required")
	case f.Secret && slices.ContainsFunc(all, spaces.MatchString):
		return errors.New("must hold no space or line break")
	case !f.Secret && len(f.Values) > 0 && len(all) == 1 && all[0] != "" && !slices.Contains(f.Values, all[0]):
		return fmt.Errorf("must be %s", alternatives(f.Values))
	}
	return nil
}

// alternatives are words with commas and an "or" between them.
func alternatives(words []string) string {
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return words[0]
}
