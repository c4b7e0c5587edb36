package yamlfile

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// maxDepth is how deep a value may be nested.
const maxDepth = 16

// JSON is a value as JSON, references resolved; nil where it is missing, false where a mistake was reported. It may be nested
// 16 levels deep.
func (p Place) JSON() (json.RawMessage, bool) { return p.json(0) }

func (p Place) json(depth int) (json.RawMessage, bool) {
	if p.Node == nil {
		return nil, !p.Broken
	}
	if depth > maxDepth {
		p.Wrong("is nested deeper than %d levels", maxDepth)
		return nil, false
	}
	switch p.Node.Kind {
	case yaml.MappingNode:
		return p.jsonObject(depth)
	case yaml.SequenceNode:
		list, ok := []json.RawMessage{}, true
		for _, item := range p.Items() {
			value, fine := item.json(depth + 1)
			if fine && value == nil {
				value = json.RawMessage("null")
			}
			list, ok = append(list, value), ok && fine
		}
		if !ok {
			return nil, false
		}
		return marshal(list), true
	}
	switch p.Node.ShortTag() {
	case "!!int", "!!float", "!!bool":
		var value any
		if err := p.Node.Decode(&value); err == nil {
			if data, err := json.Marshal(value); err == nil {
				return data, true
			}
		}
		p.Wrong("must be a finite number")
		return nil, false
	}
	s, ok := p.resolve(p.Node.Value)
	if !ok {
		return nil, false
	}
	return marshal(s), true
}

func (p Place) jsonObject(depth int) (json.RawMessage, bool) {
	var keys []string
	for i := 0; i < len(p.Node.Content); i += 2 {
		key := p.Node.Content[i]
		if key.Kind != yaml.ScalarNode {
			p.Line = key.Line
			p.Wrong("must have words as keys")
			return nil, false
		}
		keys = append(keys, key.Value)
	}
	before := len(p.mistakes)
	fields, _ := p.Fields(keys...)
	object := map[string]json.RawMessage{}
	for _, name := range keys {
		f := fields[name]
		delete(fields, name)
		if !word.MatchString(name) { // as with unknown keys, it may be anything
			f.At = p.At
		}
		if value, _ := f.json(depth + 1); value != nil {
			object[name] = value
		}
	}
	if len(p.mistakes) > before {
		return nil, false
	}
	return marshal(object), true
}

// marshal writes what can always be written.
func marshal(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
