package openapi

import (
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// form gives the fields of a form the types that the schema has for them. The kit shows a field as a text, as a list
// where it is repeated, and as an object where it is a file.
func form(s *openapi3.Schema, v any) any {
	fields, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(fields))
	for name, field := range fields {
		property := &openapi3.Schema{}
		if ref := s.Properties[name]; ref != nil {
			property = ref.Value
		}
		switch field := field.(type) {
		case string:
			out[name] = coerce(property, []string{field})
		case []any:
			var values []string
			for _, one := range field {
				text, _ := one.(string)
				values = append(values, text)
			}
			out[name] = coerce(property, values)
		default:
			out[name] = "file"
		}
	}
	return out
}

// coerce makes of texts what the schema wants, and leaves as it is what cannot be made so.
func coerce(s *openapi3.Schema, values []string) any {
	if s.Type.Includes(openapi3.TypeArray) {
		if len(values) == 1 {
			values = strings.Split(values[0], ",")
		}
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v
			if s.Items != nil {
				list[i] = coerce(s.Items.Value, []string{v})
			}
		}
		return list
	}
	if len(values) != 1 {
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v
		}
		return list
	}
	text := values[0]
	switch {
	case s.Type.Includes(openapi3.TypeString):
	case s.Type.Includes(openapi3.TypeNumber), s.Type.Includes(openapi3.TypeInteger):
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case s.Type.Includes(openapi3.TypeBoolean):
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}
