package config

import (
	"errors"
	"io/fs"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// listed is where the list of channels stands: in the file itself, or in the one that channels_file names. That one holds
// the list, or a mapping with the one key channels; its references count from its own folder.
func (r *reader) listed(top map[string]place) (channels place, of *reader) {
	named := top["channels_file"]
	path := named.path("")
	if path == "" {
		return top["channels"], r
	}
	if top["channels"].node != nil {
		named.wrong("excludes channels: the list stands in one of the two")
		named.broken = true
		return named, r
	}
	nothing := place{reader: r, at: "channels_file", line: named.line, broken: true}
	r.files = append(r.files, path)
	data, err := r.list(path)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		named.wrong("cannot be read: %v", err)
		return nothing, r
	}
	// its name is told as it is written: what a variable stands for may be a secret
	name := named.node.Value
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(r.file), name)
	}
	of = &reader{file: name, folder: filepath.Dir(path), env: r.env, open: r.open, list: r.list}
	root, ok := of.document(data)
	if !ok {
		root.broken = true
		return root, of
	}
	if root.node != nil && root.node.Kind == yaml.SequenceNode {
		root.at = "channels"
		return root, of
	}
	fields, ok := root.fields("channels")
	if !ok {
		root.broken = true
		return root, of
	}
	return fields["channels"], of
}

// readList is the content of the file that channels_file names.
func readList(path string) ([]byte, error) { return readFile(path, MaxSize+1) }
