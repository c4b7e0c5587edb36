package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Resolved is what concerns the channels of a file, as a file that refers to nothing: with the files and variables put in,
// for a process elsewhere that has neither. It holds credentials. The file has to be right, see [Load].
func Resolved(path string, networks []Network) ([]byte, error) {
	data, err := readFile(path, MaxSize+1)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if _, err := Parse(path, data, os.LookupEnv, networks...); err != nil {
		return nil, err
	}
	r := &reader{file: path, folder: filepath.Dir(path), env: os.LookupEnv, open: readReferred}
	root, ok := r.document(data)
	if !ok || root.node == nil {
		return nil, Mistakes(sorted(r.mistakes))
	}
	// what else there is concerns the process that it was written for, and holds other credentials
	root.node.Content = only(root.node.Content, "listen", "public_url", "channels")
	root.putIn()
	if len(r.mistakes) > 0 {
		return nil, Mistakes(sorted(r.mistakes))
	}
	return yaml.Marshal(root.node)
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
func (p place) putIn() {
	n := p.node
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for i, value := range n.Content {
		at := place{reader: p.reader, at: fmt.Sprintf("%s[%d]", p.at, i), line: value.Line, node: value}
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 { // no key is a reference
				value.HeadComment, value.LineComment, value.FootComment = "", "", ""
				continue
			}
			at.at = p.child(n.Content[i-1].Value).at
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
		p.wrong("begins with %s, which a file that refers to nothing cannot hold", filePrefix)
	default:
		n.SetString(strings.ReplaceAll(value, "${", "$${"))
	}
}
