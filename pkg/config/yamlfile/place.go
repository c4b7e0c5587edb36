package yamlfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Place is a spot in a file: a value, or where one could be. Its methods read the value, and report what is wrong with it as
// a mistake of the file. Names of fields and words that stand in the file are reported; values never are.
type Place struct {
	// File is the file that it is in.
	*File
	// At is where, such as "channels[0].account.token"; "" for the whole file.
	At string
	// Line counts from 1.
	Line int
	// Node is the value, nil where there is none, or none to go on with.
	Node *yaml.Node
	// Broken says that there is a value, and that a mistake about it was reported.
	Broken bool
}

const (
	noAlias = "aliases (*name) are not allowed"
	noTag   = "tags (!name) are not allowed"
	aString = "a string"
)

// Wrong reports a mistake here. The message says what is wrong and what is allowed, and holds no value of the file.
func (p Place) Wrong(format string, args ...any) {
	p.mistakes = append(p.mistakes, Mistake{p.source.Name, p.Line, p.At, fmt.Sprintf(format, args...)})
}

// Warn reports what is allowed here and seldom meant.
func (p Place) Warn(message string) {
	p.warnings = append(p.warnings, Mistake{p.source.Name, p.Line, p.At, message})
}

// put sets the value of a place. null is none.
func (p Place) put(node *yaml.Node) Place {
	switch {
	case node.Kind == yaml.AliasNode:
		p.Wrong(noAlias)
		p.Broken = true
	case node.Style&yaml.TaggedStyle != 0:
		p.Wrong(noTag)
		p.Broken = true
	case node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null":
	default:
		p.Node = node
	}
	return p
}

// child is a place under p, without a value.
func (p Place) child(name string) Place {
	if p.At != "" {
		name = p.At + "." + name
	}
	return Place{File: p.File, At: name, Line: p.Line, Broken: p.Broken}
}

// Fields are the values of a mapping with these keys, all of them: a missing mapping has all of its values missing. A key that
// is none of these, or is there twice, is reported, and its first value counts. false where the value is something else, which
// was reported.
func (p Place) Fields(known ...string) (map[string]Place, bool) {
	out := make(map[string]Place, len(known))
	for _, name := range known {
		out[name] = p.child(name)
	}
	if p.Node == nil {
		return out, !p.Broken
	}
	if p.Node.Kind != yaml.MappingNode {
		p.Wrong("must be a mapping of %s", strings.Join(known, ", "))
		return nil, false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(p.Node.Content); i += 2 {
		key, value := p.Node.Content[i], p.Node.Content[i+1]
		f, ok := out[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !ok:
			if name := p.unknown(key, value, known); name != "" && out[name].Node == nil {
				f = out[name]
				f.Broken = true
				out[name] = f
			}
		case seen[key.Value] > 0:
			f.Line = key.Line
			f.Wrong("is there twice, first in line %d", seen[key.Value])
		default:
			seen[key.Value] = key.Line
			f.Line = key.Line
			out[key.Value] = f.put(value)
		}
	}
	return out, true
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,31}$`)

// unknown reports a key. It names it only where it is sure to be one: in {123:ABC} the key is a credential. It returns
// the key that is meant, "" where that cannot be told.
func (p Place) unknown(key, value *yaml.Node, known []string) string {
	if key.Kind == yaml.ScalarNode && word.MatchString(key.Value) && (value.Kind != yaml.ScalarNode || value.Value != "") {
		p = p.child(key.Value)
	}
	p.Line = key.Line
	for _, name := range known {
		if key.Kind == yaml.ScalarNode && strings.HasPrefix(key.Value, name+":") {
			p = p.child(name)
			p.Wrong("a space is missing after the colon")
			return name
		}
	}
	p.Wrong("unknown key; known are %s", strings.Join(known, ", "))
	return ""
}

// Items are the values of a list, in its order; none where it is missing or something else, which is reported. Each is
// called by its place from 0 on: "channels[0]".
func (p Place) Items() []Place {
	if p.Node == nil {
		return nil
	}
	if p.Node.Kind != yaml.SequenceNode {
		p.Wrong("must be a list")
		return nil
	}
	var out []Place
	for i, node := range p.Node.Content {
		item := Place{File: p.File, At: p.At + "[" + strconv.Itoa(i) + "]", Line: node.Line}
		out = append(out, item.put(node))
	}
	return out
}

// Optional is a string, references resolved, "" where it is missing; false where a mistake was reported.
func (p Place) Optional() (string, bool) { return p.Scalar("!!str", aString) }

// Text is a string, references resolved; "" where it is missing or a mistake was reported.
func (p Place) Text() string {
	s, _ := p.Scalar("!!str", aString)
	return s
}

// Required is a string that must be there; false where a mistake was reported.
func (p Place) Required() (string, bool) {
	s, ok := p.Scalar("!!str", aString)
	switch {
	case !ok:
		return "", false
	case s != "":
		return s, true
	case p.Node != nil && p.Node.Value != "":
		p.Wrong("is required, and what it refers to is empty")
	default:
		p.Wrong("is required")
	}
	return "", false
}

// Scalar is a value of one type as it is written, references resolved: a value with a reference has any type. tag is YAML's
// for it, such as "!!str"; kind says in a mistake what is allowed. "" where it is missing; false where a mistake was reported.
func (p Place) Scalar(tag, kind string) (string, bool) {
	if p.Node == nil {
		return "", !p.Broken
	}
	is := p.Node.ShortTag()
	switch {
	case p.Node.Kind != yaml.ScalarNode:
		p.Wrong("must be %s", kind)
		return "", false
	case is != tag && kind == aString:
		p.Wrong("must be %s: put it in quotes", kind)
		return "", false
	case is != tag && !refers(p.Node.Value) && p.Node.Value != "":
		p.Wrong("must be %s", kind)
		return "", false
	}
	return p.resolve(p.Node.Value)
}

// OneOf is one of some words, the first of which is the default; "" where a mistake was reported. Capitals count.
func (p Place) OneOf(words ...string) string {
	allowed := words[0]
	if last := len(words) - 1; last > 0 {
		allowed = strings.Join(words[:last], ", ") + " or " + words[last]
	}
	s, ok := p.Scalar("!!str", allowed)
	if !ok {
		return ""
	}
	if s == "" {
		return words[0]
	}
	for _, w := range words {
		if s == w {
			return s
		}
	}
	p.Wrong("must be %s", allowed)
	return ""
}

// Truth is true or false; false where it is missing, and where a mistake was reported.
func (p Place) Truth() bool {
	s, ok := p.Scalar("!!bool", "true or false")
	if ok && s != "" && s != "true" && s != "false" {
		p.Wrong("must be true or false")
	}
	return s == "true"
}
