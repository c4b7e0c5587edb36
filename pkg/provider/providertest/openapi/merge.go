package openapi

import (
	"maps"
	"slices"
)

// merged is a schema without allOf: its branches and its own keywords in one. Where there are alternatives beside
// fields, the fields are in each alternative.
func (n *normal) merged(s map[string]any) map[string]any {
	out := map[string]any{}
	branches, _ := s["allOf"].([]any)
	for _, branch := range branches {
		b, ok := n.resolved(branch)
		if !ok {
			out["allOf"] = append(list(out["allOf"]), branch)
			continue
		}
		delete(b, "discriminator") // of the base that is extended
		n.add(out, b)
	}
	own := maps.Clone(s)
	delete(own, "allOf")
	n.add(out, own)
	for _, key := range []string{"oneOf", "anyOf"} {
		if alternatives := list(out[key]); len(alternatives) > 0 && (out["properties"] != nil || out["required"] != nil) {
			n.distribute(out, key, alternatives)
		}
	}
	return out
}

// resolved is a branch, merged; not where it is part of itself.
func (n *normal) resolved(branch any) (map[string]any, bool) {
	b, ok := branch.(map[string]any)
	if !ok {
		return nil, false
	}
	if ref, ok := b["$ref"].(string); ok {
		name := refName(ref)
		named, is := n.schemas[name].(map[string]any)
		if !is || n.open[name] {
			return nil, false
		}
		n.open[name] = true
		defer delete(n.open, name)
		b = named
	}
	return n.merged(b), true
}

// add adds a schema's keywords; what is said twice is as it was said last.
func (n *normal) add(out, s map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(s)) {
		value := s[key]
		switch key {
		case "properties":
			was, _ := out[key].(map[string]any)
			all := maps.Clone(was)
			if all == nil {
				all = map[string]any{}
			}
			more, _ := value.(map[string]any)
			for name, property := range more {
				all[name] = n.both(all[name], property)
			}
			out[key] = all
		case "required":
			out[key] = union(out[key], list(value))
		case "allOf":
			out[key] = append(list(out[key]), list(value)...)
		case "oneOf", "anyOf":
			if out[key] != nil {
				out["allOf"] = append(list(out["allOf"]), map[string]any{key: value})
				continue
			}
			out[key] = value
		default:
			out[key] = value
		}
	}
}

// both is a property that base and extension describe.
func (n *normal) both(was, is any) any {
	a, aok := was.(map[string]any)
	b, bok := is.(map[string]any)
	if !aok || !bok || a["$ref"] != nil || b["$ref"] != nil {
		return is
	}
	out := maps.Clone(a)
	n.add(out, b)
	return out
}

// distribute puts the fields beside alternatives into each of them.
func (n *normal) distribute(out map[string]any, key string, alternatives []any) {
	beside := maps.Clone(out)
	for _, name := range []string{"oneOf", "anyOf", "allOf", "discriminator"} {
		delete(beside, name)
	}
	each := make([]any, len(alternatives))
	for i, alternative := range alternatives {
		b, ok := n.resolved(alternative)
		if !ok {
			return
		}
		whole := map[string]any{}
		n.add(whole, beside)
		n.add(whole, b)
		n.kind(refName(ref(alternative)), whole)
		each[i] = whole
	}
	for name := range beside {
		delete(out, name)
	}
	delete(out, "discriminator")
	out[key] = each
}

func ref(v any) any {
	m, _ := v.(map[string]any)
	return m["$ref"]
}

func list(v any) []any {
	l, _ := v.([]any)
	return slices.Clone(l)
}

// union is both lists of texts, each text once.
func union(a any, b []any) []any {
	out := list(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
