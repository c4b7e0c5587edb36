package inbound

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// batch is a list of objects in a JSON body.
type batch struct {
	path     string
	elements []any
	// root holds the body under "".
	root map[string]any
	set  func([]any)
}

// with is the body with other elements in the list.
func (b batch) with(elements ...any) []byte {
	b.set(elements)
	defer b.set(b.elements)
	data, err := json.Marshal(b.root[""])
	if err != nil {
		return nil
	}
	return data
}

// lists are the lists of two objects and more, by the path to them.
func lists(body []byte) (out []batch) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var root any
	if d.Decode(&root) != nil {
		return nil
	}
	holder := map[string]any{"": root}
	var walk func(path string, v any, set func(any))
	walk = func(path string, v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(strings.TrimPrefix(path+"."+key, "."), v[key], func(to any) { v[key] = to })
			}
		case []any:
			if len(v) >= 2 && !slices.ContainsFunc(v, func(e any) bool { _, ok := e.(map[string]any); return !ok }) {
				out = append(out, batch{path: path, elements: v, set: func(to []any) {
					if to == nil {
						to = []any{}
					}
					set(to)
				}})
			}
			for i := range v {
				walk(path, v[i], func(to any) { v[i] = to })
			}
		}
	}
	walk("", root, func(to any) { holder[""] = to })
	for i := range out {
		out[i].root = holder
	}
	return out
}
