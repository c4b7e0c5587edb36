package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

type object = map[string]any

const schemaPrefix = "#/components/schemas/"

// resolve writes a description so that validators see what it says: every schema is one object with all its
// properties, and where one stands for several, its place is taken by those, chosen by their type. Strict refuses
// properties that no schema names.
func resolve(data []byte, strict bool) ([]byte, error) {
	var doc object
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	components, _ := doc["components"].(object)
	schemas, _ := components["schemas"].(object)
	if len(schemas) == 0 {
		return nil, fmt.Errorf("no schemas")
	}
	out := object{}
	for name := range schemas {
		s, err := flat(schemas, name)
		if err != nil {
			return nil, err
		}
		if strict && s["type"] == "object" && s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
		if choice, ok := schemas[name].(object)["discriminator"].(object); ok {
			s = object{"oneOf": kinds(choice), "discriminator": choice}
		}
		out[name] = s
	}
	components["schemas"] = out
	return json.Marshal(doc)
}

// kinds are the schemas that one of several may be.
func kinds(choice object) (refs []any) {
	mapping, _ := choice["mapping"].(object)
	for _, kind := range slices.Sorted(maps.Keys(mapping)) {
		refs = append(refs, object{"$ref": mapping[kind]})
	}
	return refs
}

// flat is a schema with what it takes over from others.
func flat(schemas object, name string) (object, error) {
	s, ok := schemas[name].(object)
	if !ok {
		return nil, fmt.Errorf("no schema %s", name)
	}
	parts, ok := s["allOf"].([]any)
	if !ok {
		s = maps.Clone(s)
		delete(s, "discriminator")
		return s, nil
	}
	properties, required := object{}, []any{}
	add := func(s object) {
		p, _ := s["properties"].(object)
		maps.Copy(properties, p)
		r, _ := s["required"].([]any)
		for _, name := range r {
			if !slices.Contains(required, name) {
				required = append(required, name)
			}
		}
	}
	add(s)
	for _, part := range parts {
		p, _ := part.(object)
		if ref, ok := p["$ref"].(string); ok {
			var err error
			if p, err = flat(schemas, strings.TrimPrefix(ref, schemaPrefix)); err != nil {
				return nil, err
			}
		}
		add(p)
	}
	whole := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		whole["required"] = required
	}
	return whole, nil
}
