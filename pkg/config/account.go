package config

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"
)

// account reads an account and lets its network check it.
func (r *reader) account(p place, network Network) Account {
	known := make([]string, len(network.Fields))
	for i, s := range network.Fields {
		known[i] = s.Name
	}
	f, ok := p.fields(known...)
	if !ok {
		return Account{}
	}
	object, told := map[string]json.RawMessage{}, map[string]bool{}
	for _, s := range network.Fields {
		field := f[s.Name]
		ok = true
		if s.Secret {
			ok = field.credential(s.Many)
		}
		if ok {
			object[s.Name], ok = field.json(0)
		}
		if s.Secret && ok {
			field.weak(secretsIn(object[s.Name])...)
		}
		if !ok {
			told[s.Name] = true
		}
		if object[s.Name] == nil {
			delete(object, s.Name)
		}
	}
	// the network stops at the first value of a wrong type: with that one put right it goes on
	for again := true; again; {
		again = false
		for _, err := range network.Check(marshal(object)) {
			at, message := cut(err)
			name, _, _ := strings.Cut(at, ".")
			if told[name] {
				continue
			}
			told[name] = true
			field, ok := f[name]
			if !ok {
				field = p
			}
			if at != "" {
				field.at = p.at + "." + at
			}
			if raw := object[name]; message == "must be string" && !strings.ContainsAny(string(raw[:1]), `"[{`) {
				object[name] = marshal(string(raw))
				message, again = "must be a string: put it in quotes", true
			}
			field.wrong("%s", message)
		}
	}
	return Hide(marshal(object))
}

// credential says whether a value is a text, or where there may be many a list of texts; else a mistake was reported.
func (p place) credential(many bool) bool {
	if !many || p.node == nil || p.node.Kind != yaml.SequenceNode {
		_, ok := p.scalar("!!str", text)
		return ok
	}
	ok := true
	for _, item := range p.items() {
		_, fine := item.required()
		ok = ok && fine
	}
	return ok
}

// cut is the field that an error of CheckAccount names ("" for the account), and what it says about it.
func cut(err error) (field, message string) {
	at, message, ok := strings.Cut(err.Error(), ": ")
	if !ok {
		return "", err.Error()
	}
	return strings.TrimPrefix(strings.TrimPrefix(at, "account"), "."), message
}

// maxDepth is how deep an account may be nested.
const maxDepth = 16

// json is a value as JSON, references resolved; nil where it is missing, false where a mistake was reported.
func (p place) json(depth int) (json.RawMessage, bool) {
	if p.node == nil {
		return nil, !p.broken
	}
	if depth > maxDepth {
		p.wrong("is nested deeper than %d levels", maxDepth)
		return nil, false
	}
	switch p.node.Kind {
	case yaml.MappingNode:
		return p.jsonObject(depth)
	case yaml.SequenceNode:
		list, ok := []json.RawMessage{}, true
		for _, item := range p.items() {
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
	switch p.node.ShortTag() {
	case "!!int", "!!float", "!!bool":
		var value any
		if err := p.node.Decode(&value); err == nil {
			if data, err := json.Marshal(value); err == nil {
				return data, true
			}
		}
		p.wrong("must be a finite number")
		return nil, false
	}
	s, ok := p.resolve(p.node.Value)
	if !ok {
		return nil, false
	}
	return marshal(s), true
}

func (p place) jsonObject(depth int) (json.RawMessage, bool) {
	var keys []string
	for i := 0; i < len(p.node.Content); i += 2 {
		key := p.node.Content[i]
		if key.Kind != yaml.ScalarNode {
			p.line = key.Line
			p.wrong("must have words as keys")
			return nil, false
		}
		keys = append(keys, key.Value)
	}
	before := len(p.mistakes)
	fields, _ := p.fields(keys...)
	object := map[string]json.RawMessage{}
	for _, name := range keys {
		f := fields[name]
		delete(fields, name)
		if !word.MatchString(name) { // as with unknown keys, it may be anything
			f.at = p.at
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
