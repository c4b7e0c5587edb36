package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// kind is what stands at a place of a description.
type kind int

const (
	word   kind = iota // an object of the specification: its keys are keywords
	names              // an object whose keys are names, of things that are words
	schema             // a schema
	fields             // an object whose keys are names of schemas
	value              // anything, kept as it is
)

// prose are keywords that say nothing about what is valid.
var prose = []string{"description", "summary", "example", "examples", "externalDocs", "tags", "title", "links", "callbacks", "operationId", "deprecated"}

// inside is what stands under a keyword.
func inside(key string) kind {
	switch key {
	case "schema", "items", "not", "if", "then", "else", "contains", "propertyNames", "allOf", "oneOf", "anyOf", "prefixItems":
		return schema
	case "properties", "patternProperties", "$defs", "schemas":
		return fields
	case "responses", "content", "headers", "encoding", "flows", "scopes":
		return names
	case "enum", "const", "default", "required", "security", "mapping":
		return value
	default:
		return word
	}
}

func sectionKind(section string) kind {
	if section == "schemas" {
		return schema
	}
	return word
}

// walk copies what stands in a file without prose, and notes what it refers to.
func (r *reducer) walk(file string, v any, k kind) (any, error) {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, one := range v {
			if r.dropped(one) {
				continue
			}
			walked, err := r.walk(file, one, k)
			if err != nil {
				return nil, err
			}
			out = append(out, walked)
		}
		return out, nil
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && k != value && k != fields {
			return r.refer(file, ref, k)
		}
		return r.object(file, v, k)
	default:
		return v, nil
	}
}

func (r *reducer) object(file string, v map[string]any, k kind) (any, error) {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		under := value
		switch k {
		case names:
			under = word
		case fields:
			under = schema
		case word, schema:
			if slices.Contains(prose, key) || strings.HasPrefix(key, "x-") {
				continue
			}
			under = inside(key)
			if key == "additionalProperties" {
				under = schema
			}
		}
		if key == "discriminator" && k == schema {
			out[key] = r.discriminator(file, v[key])
			continue
		}
		walked, err := r.walk(file, v[key], under)
		if err != nil {
			return nil, err
		}
		if responses, ok := walked.(map[string]any); ok && key == "responses" && k == word {
			for _, response := range responses { // the specification asks for one
				if one, ok := response.(map[string]any); ok && one["$ref"] == nil {
					one["description"] = ""
				}
			}
		}
		out[key] = walked
	}
	return out, nil
}

// discriminator keeps the mapping of what is not dropped: schemas that nothing else may refer to.
func (r *reducer) discriminator(file string, v any) any {
	d, _ := v.(map[string]any)
	out := maps.Clone(d)
	mapping, _ := d["mapping"].(map[string]any)
	if mapping == nil {
		return out
	}
	kept := map[string]any{}
	for name, ref := range mapping {
		target := text(ref)
		if !strings.Contains(target, "/") {
			target = "#/components/schemas/" + target
		}
		if r.dropped(map[string]any{"$ref": target}) {
			continue
		}
		if whole, err := r.refer(file, target, schema); err == nil {
			kept[name] = whole.(map[string]any)["$ref"]
		}
	}
	out["mapping"] = kept
	return out
}

func (r *reducer) dropped(v any) bool {
	m, _ := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	return ok && slices.Contains(r.drop, ref[strings.LastIndex(ref, "/")+1:])
}

// refer is a reference as it stands in the reduced description, or what it refers to where that can have no name there.
func (r *reducer) refer(file, ref string, k kind) (any, error) {
	other, pointer, _ := strings.Cut(ref, "#")
	parts := strings.Split(strings.Trim(pointer, "/"), "/")
	if other == "" && len(parts) == 3 && parts[0] == "components" {
		r.want(component{file, pointer, parts[1], parts[2]})
		return map[string]any{"$ref": ref}, nil
	}
	if other == "" {
		other = filepath.Clean(file)
	} else {
		other = filepath.Join(filepath.Dir(file), filepath.FromSlash(other))
	}
	if k == schema {
		name := r.name(other, pointer)
		r.want(component{other, pointer, "schemas", name})
		return map[string]any{"$ref": "#/components/schemas/" + name}, nil
	}
	root, err := r.open(other)
	if err != nil {
		return nil, err
	}
	found := at(root, pointer)
	if found == nil {
		return nil, fmt.Errorf("%s: nothing at %s", other, pointer)
	}
	return r.walk(other, found, k)
}

// name is a name for a schema of another file, the same for the same place.
func (r *reducer) name(file, pointer string) string {
	place := file + "#" + pointer
	if name, ok := r.names[place]; ok {
		return name
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	if last := pointer[strings.LastIndex(pointer, "/")+1:]; last != "" {
		name += "." + last
	}
	name = strings.Map(func(c rune) rune {
		if c == '.' || c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return '_'
	}, name)
	for taken := slices.Collect(maps.Values(r.names)); slices.Contains(taken, name); {
		name += "_"
	}
	r.names[place] = name
	return name
}
