package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolver puts what is referred to in its place.
type resolver struct {
	files map[string]any
	depth int
}

func (r *resolver) load(path string) (any, error) {
	if doc, ok := r.files[path]; ok {
		return doc, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r.files[path] = doc
	return doc, nil
}

// prose are keys that say nothing to a machine, where they are no names of properties.
var prose = []string{"description", "title", "example", "examples", "summary", "$schema", "deprecated", "format", "operationId", "security"}

func (r *resolver) resolve(file string, v any) (any, error) { return r.walk(file, v, false) }

// walk copies a value; names says that its keys are names of properties.
func (r *resolver) walk(file string, v any, names bool) (any, error) {
	if r.depth++; r.depth > 200 {
		return nil, fmt.Errorf("%s: refers to itself", file)
	}
	defer func() { r.depth-- }()
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !names {
			return r.refer(file, ref)
		}
		out := map[string]any{}
		for key, value := range v {
			if !names && (slices.Contains(prose, key) || strings.HasPrefix(key, "x-")) {
				continue
			}
			resolved, err := r.walk(file, value, !names && (key == "properties" || key == "patternProperties" || key == "responses"))
			if err != nil {
				return nil, err
			}
			out[key] = resolved
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			var err error
			if out[i], err = r.walk(file, value, false); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return v, nil
	}
}

func (r *resolver) refer(file, ref string) (any, error) {
	name, fragment, _ := strings.Cut(ref, "#")
	path := file
	if name != "" {
		path = filepath.Join(filepath.Dir(file), name)
	}
	doc, err := r.load(path)
	if err != nil {
		return nil, err
	}
	for _, step := range strings.Split(strings.Trim(fragment, "/"), "/") {
		if step == "" {
			continue
		}
		if doc, err = dig(doc, step); err != nil {
			return nil, fmt.Errorf("%s: %w", ref, err)
		}
	}
	return r.walk(path, doc, false)
}
