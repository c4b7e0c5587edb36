package openapi

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

const schemaRef = "#/components/schemas/"

// normal makes the schemas of a description such that a validator judges by them what the vendor means.
type normal struct {
	strict bool
	// schemas are the named ones, as they were.
	schemas map[string]any
	// kinds are, for a schema that a discriminator names, the property and its values.
	kinds map[string]map[string][]any
	// open are the schemas that are being merged.
	open map[string]bool
}

// normalize rewrites a description: see the package comment.
func normalize(root map[string]any, strict bool) map[string]any {
	n := &normal{strict: strict, schemas: map[string]any{}, kinds: map[string]map[string][]any{}, open: map[string]bool{}}
	if components, ok := root["components"].(map[string]any); ok {
		n.schemas, _ = components["schemas"].(map[string]any)
	}
	for _, name := range slices.Sorted(maps.Keys(n.schemas)) {
		n.findKinds(n.schemas[name])
	}
	out := n.outside(root).(map[string]any)
	if components, ok := out["components"].(map[string]any); ok && n.schemas != nil {
		named := map[string]any{}
		for name := range n.schemas {
			named[name] = n.named(name)
		}
		components["schemas"] = named
	}
	return out
}

// findKinds notes which value of a discriminator names which schema.
func (n *normal) findKinds(schema any) {
	s, _ := schema.(map[string]any)
	property, mapping := discriminator(s)
	for _, value := range slices.Sorted(maps.Keys(mapping)) {
		name := refName(mapping[value])
		if n.kinds[name] == nil {
			n.kinds[name] = map[string][]any{}
		}
		n.kinds[name][property] = append(n.kinds[name][property], value)
	}
}

func discriminator(s map[string]any) (property string, mapping map[string]any) {
	d, _ := s["discriminator"].(map[string]any)
	property, _ = d["propertyName"].(string)
	mapping, _ = d["mapping"].(map[string]any)
	return property, mapping
}

func refName(ref any) string {
	text, _ := ref.(string)
	return strings.TrimPrefix(text, schemaRef)
}

// outside walks what is no schema, down to the schemas in it.
func (n *normal) outside(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			switch key {
			case "schema":
				out[key] = n.schema(value)
			case "schemas", "example", "examples", "description":
			default:
				out[key] = n.outside(value)
			}
		}
		if d, ok := v["description"].(string); ok {
			out["description"] = d
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = n.outside(value)
		}
		return out
	default:
		return v
	}
}

// named is a schema of the components. One that others extend, with a discriminator, stands for those others.
func (n *normal) named(name string) any {
	s, _ := n.schemas[name].(map[string]any)
	_, mapping := discriminator(s)
	if len(mapping) > 0 && s["oneOf"] == nil && s["anyOf"] == nil {
		return map[string]any{"oneOf": refs(mapping), "discriminator": s["discriminator"]}
	}
	out, ok := n.schema(n.schemas[name]).(map[string]any)
	if !ok {
		return n.schemas[name]
	}
	n.kind(name, out)
	return out
}

// kind says in a schema by which values a discriminator names it.
func (n *normal) kind(name string, out map[string]any) {
	for property, values := range n.kinds[name] {
		properties, _ := out["properties"].(map[string]any)
		is, _ := properties[property].(map[string]any)
		if properties == nil || is["enum"] != nil || is["const"] != nil {
			continue
		}
		properties[property] = map[string]any{"type": "string", "enum": values}
		out["required"] = union(out["required"], []any{property})
	}
}

// refs are the schemas of a mapping, each once.
func refs(mapping map[string]any) []any {
	names := map[string]bool{}
	for _, ref := range mapping {
		names[refName(ref)] = true
	}
	var out []any
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, map[string]any{"$ref": schemaRef + name})
	}
	return out
}

// schema is one schema, what is in it included.
func (n *normal) schema(v any) any {
	s, ok := v.(map[string]any)
	if !ok || s["$ref"] != nil {
		return v
	}
	out := n.merged(s)
	for _, key := range []string{"properties", "patternProperties", "$defs"} {
		if all, ok := out[key].(map[string]any); ok {
			each := make(map[string]any, len(all))
			for name, one := range all {
				each[name] = n.schema(one)
			}
			out[key] = each
		}
	}
	for _, key := range []string{"oneOf", "anyOf", "allOf", "prefixItems"} {
		if all, ok := out[key].([]any); ok {
			each := make([]any, len(all))
			for i, one := range all {
				each[i] = n.schema(one)
			}
			out[key] = each
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if one, ok := out[key].(map[string]any); ok {
			out[key] = n.schema(one)
		}
	}
	if pattern, ok := out["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil {
			delete(out, "pattern")
		}
	}
	delete(out, "example")
	delete(out, "examples")
	if n.strict && out["properties"] != nil && out["additionalProperties"] == nil && out["patternProperties"] == nil &&
		out["oneOf"] == nil && out["anyOf"] == nil && out["allOf"] == nil {
		out["additionalProperties"] = false
	}
	return out
}
