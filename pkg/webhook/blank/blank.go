// Package blank shows the structure of a body without its values, for people who have to understand a call and must not read what a
// person wrote.
package blank

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Body is JSON that shows the structure of data: in place of each value its type and length. A form is shown by the names of its fields. A
// name that may be personal, such as a number, is left out too. The result is valid JSON for any data. Time and memory are in
// proportion to the size of data.
func Body(data []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return []byte(`"text of ` + fmt.Sprint(len(data)) + ` bytes"`)
	}
	shown, err := json.Marshal(blankValue(value))
	if err != nil {
		return []byte(`"cannot be shown"`)
	}
	return shown
}

func blankValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out, taken := make(map[string]any, len(v)), map[string]int{}
		for name, one := range v {
			name = Name(name)
			taken[name]++
			if n := taken[name]; n > 1 { // only names that were left out come twice, and none of these has a number behind it
				name = fmt.Sprintf("%s (%d)", name, n)
			}
			out[name] = blankValue(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = blankValue(one)
		}
		return out
	case string:
		return blankText(v)
	case json.Number:
		return "number"
	case bool:
		return "true or false"
	default:
		return nil
	}
}

// fieldName is what is a name of somebody's program, and nobody's number or address.
var fieldName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_.$\[\]-]{0,63}$`)

var manyDigits = regexp.MustCompile(`[0-9]{5}`)

// Name is the name of a field, unless it may be personal: then it is a text that says how long the name is.
func Name(name string) string {
	if fieldName.MatchString(name) && !manyDigits.MatchString(name) {
		return name
	}
	return fmt.Sprintf("name of %d characters", utf8.RuneCountInString(name))
}

// mostFields is how many fields of a form are named.
const mostFields = 200

func blankText(text string) string {
	if fields, err := url.ParseQuery(text); err == nil && len(fields) > 1 && len(fields) <= mostFields && strings.Contains(text, "=") {
		var names []string
		for name, values := range fields {
			if !fieldName.MatchString(name) || manyDigits.MatchString(name) {
				names = nil // it is none
				break
			}
			names = append(names, fmt.Sprintf("%s=text of %d characters", name, utf8.RuneCountInString(strings.Join(values, ""))))
		}
		if names != nil {
			slices.Sort(names)
			return "form: " + strings.Join(names, "&")
		}
	}
	return fmt.Sprintf("text of %d characters", utf8.RuneCountInString(text))
}
