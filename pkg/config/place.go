package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader reads one file and collects what is wrong in it.
type reader struct {
	file   string
	folder string // paths count from here
	env    func(string) (string, bool)
	open   func(path string) ([]byte, error) // what file: names
	list   func(path string) ([]byte, error) // what channels_file names
	// wantsControl reads the control API's tokens without the channels.
	wantsControl bool

	files              []string // that were opened
	mistakes, warnings []Mistake
	further            *reader // of the file that channels_file names, nil without one
}

// place is a spot in the file: a value, or where one could be.
type place struct {
	*reader
	at     string
	line   int
	node   *yaml.Node // nil where there is no value, or none to go on with
	broken bool       // there is one, and a mistake about it was reported
}

const (
	noAlias = "aliases (*name) are not allowed"
	noTag   = "tags (!name) are not allowed"
	text    = "a string"
)

func (p place) wrong(format string, args ...any) {
	p.mistakes = append(p.mistakes, Mistake{p.file, p.line, p.at, fmt.Sprintf(format, args...)})
}

func (p place) warn(message string) {
	p.warnings = append(p.warnings, Mistake{p.file, p.line, p.at, message})
}

// put sets the value of a place. null is none.
func (p place) put(node *yaml.Node) place {
	switch {
	case node.Kind == yaml.AliasNode:
		p.wrong(noAlias)
		p.broken = true
	case node.Style&yaml.TaggedStyle != 0:
		p.wrong(noTag)
		p.broken = true
	case node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null":
	default:
		p.node = node
	}
	return p
}

// child is a place under p, without a value.
func (p place) child(name string) place {
	if p.at != "" {
		name = p.at + "." + name
	}
	return place{reader: p.reader, at: name, line: p.line, broken: p.broken}
}

// fields are the values of a mapping with these keys, all of them: a missing mapping has all of its values missing.
// false where the value is something else, which was reported.
func (p place) fields(known ...string) (map[string]place, bool) {
	out := make(map[string]place, len(known))
	for _, name := range known {
		out[name] = p.child(name)
	}
	if p.node == nil {
		return out, !p.broken
	}
	if p.node.Kind != yaml.MappingNode {
		p.wrong("must be a mapping of %s", strings.Join(known, ", "))
		return nil, false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key, value := p.node.Content[i], p.node.Content[i+1]
		f, ok := out[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !ok:
			if name := p.unknown(key, value, known); name != "" && out[name].node == nil {
				f = out[name]
				f.broken = true
				out[name] = f
			}
		case seen[key.Value] > 0:
			f.line = key.Line
			f.wrong("is there twice, first in line %d", seen[key.Value])
		default:
			seen[key.Value] = key.Line
			f.line = key.Line
			out[key.Value] = f.put(value)
		}
	}
	return out, true
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,31}$`)

// unknown reports a key. It names it only where it is sure to be one: in {123:ABC} the key is a credential. It returns
// the key that is meant, "" where that cannot be told.
func (p place) unknown(key, value *yaml.Node, known []string) string {
	if key.Kind == yaml.ScalarNode && word.MatchString(key.Value) && (value.Kind != yaml.ScalarNode || value.Value != "") {
		p = p.child(key.Value)
	}
	p.line = key.Line
	for _, name := range known {
		if key.Kind == yaml.ScalarNode && strings.HasPrefix(key.Value, name+":") {
			p = p.child(name)
			p.wrong("a space is missing after the colon")
			return name
		}
	}
	p.wrong("unknown key; known are %s", strings.Join(known, ", "))
	return ""
}

// items are the values of a list; none where it is missing or something else, which is reported.
func (p place) items() []place {
	if p.node == nil {
		return nil
	}
	if p.node.Kind != yaml.SequenceNode {
		p.wrong("must be a list")
		return nil
	}
	var out []place
	for i, node := range p.node.Content {
		item := place{reader: p.reader, at: p.at + "[" + strconv.Itoa(i) + "]", line: node.Line}
		out = append(out, item.put(node))
	}
	return out
}

// text is a string, references resolved; "" where it is missing or a mistake was reported.
func (p place) text() string {
	s, _ := p.scalar("!!str", text)
	return s
}

// required is a string that must be there; false where a mistake was reported.
func (p place) required() (string, bool) {
	s, ok := p.scalar("!!str", text)
	switch {
	case !ok:
		return "", false
	case s != "":
		return s, true
	case p.node != nil && p.node.Value != "":
		p.wrong("is required, and what it refers to is empty")
	default:
		p.wrong("is required")
	}
	return "", false
}

// scalar is a value of one type as it is written, references resolved: a value with a reference has any type.
func (p place) scalar(tag, kind string) (string, bool) {
	if p.node == nil {
		return "", !p.broken
	}
	is := p.node.ShortTag()
	switch {
	case p.node.Kind != yaml.ScalarNode:
		p.wrong("must be %s", kind)
		return "", false
	case is != tag && kind == text:
		p.wrong("must be %s: put it in quotes", kind)
		return "", false
	case is != tag && !refers(p.node.Value) && p.node.Value != "":
		p.wrong("must be %s", kind)
		return "", false
	}
	return p.resolve(p.node.Value)
}

// oneOf is one of some words, the first of which is the default; "" where a mistake was reported.
func (p place) oneOf(words ...string) string {
	allowed := words[0]
	if last := len(words) - 1; last > 0 {
		allowed = strings.Join(words[:last], ", ") + " or " + words[last]
	}
	s, ok := p.scalar("!!str", allowed)
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
	p.wrong("must be %s", allowed)
	return ""
}

// truth is true or false; false where it is missing.
func (p place) truth() bool {
	s, ok := p.scalar("!!bool", "true or false")
	if ok && s != "" && s != "true" && s != "false" {
		p.wrong("must be true or false")
	}
	return s == "true"
}
