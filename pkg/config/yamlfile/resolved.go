package yamlfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Resolved is a mapping as YAML that refers to nothing: the fields with these names, with the files and variables of their
// references put in, and without comments. It may hold credentials. Any error is [Mistakes].
func (p Place) Resolved(keys ...string) ([]byte, error) {
	p.Node.Content = only(p.Node.Content, keys...)
	p.putIn()
	if len(p.mistakes) > 0 {
		return nil, p.Mistakes()
	}
	return yaml.Marshal(p.Node)
}

// Put sets a field of a mapping: to a value of another file, with its references put in as that file means them. Any error is
// [Mistakes] of the other file.
func (p Place) Put(key string, value Place) error {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	if value.Node != nil {
		value.putIn()
		node = value.Node
	}
	if len(value.mistakes) > 0 {
		return value.Mistakes()
	}
	for i := 0; i+1 < len(p.Node.Content); i += 2 {
		if p.Node.Content[i].Value == key {
			p.Node.Content[i+1] = node
			return nil
		}
	}
	p.Node.Content = append(p.Node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, node)
	return nil
}

// only are the pairs of a mapping with these keys.
func only(pairs []*yaml.Node, keys ...string) (kept []*yaml.Node) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if slices.Contains(keys, pairs[i].Value) {
			kept = append(kept, pairs[i], pairs[i+1])
		}
	}
	return kept
}

// putIn puts the values of references in, and takes comments away.
func (p Place) putIn() {
	n := p.Node
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for i, value := range n.Content {
		at := Place{File: p.File, At: fmt.Sprintf("%s[%d]", p.At, i), Line: value.Line, Node: value}
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 { // no key is a reference
				value.HeadComment, value.LineComment, value.FootComment = "", "", ""
				continue
			}
			at.At = p.child(n.Content[i-1].Value).At
		}
		at.putIn()
	}
	if n.Kind != yaml.ScalarNode || !refers(n.Value) {
		return
	}
	value, ok := p.resolve(n.Value)
	switch {
	case !ok:
	case strings.HasPrefix(value, filePrefix):
		p.Wrong("begins with %s, which a file that refers to nothing cannot hold", filePrefix)
	default:
		n.SetString(strings.ReplaceAll(value, "${", "$${"))
	}
}
