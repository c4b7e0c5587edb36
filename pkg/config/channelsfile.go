package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// ListFile is the path of the file in which the list of channels stands: path, or what its channels_file names. The file is one that
// [Load] takes; an error means that it could not be read.
func ListFile(path string) (string, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read configuration: %w", err)
	}
	src := source(path, os.LookupEnv)
	root, _ := src.Read(data)
	top, _ := root.Fields("channels", "channels_file")
	return cmp.Or(top["channels_file"].Path(""), path), nil
}

// listed is where the list of channels stands: in the file itself, or in the one that channels_file names. That one holds
// the list, or a mapping with the one key channels; its references count from its own folder. further is that file, nil where
// it was not read.
func (r *reader) listed(top map[string]yamlfile.Place) (channels yamlfile.Place, further *yamlfile.File) {
	named := top["channels_file"]
	path := named.Path("")
	if path == "" {
		return top["channels"], nil
	}
	if top["channels"].Node != nil {
		named.Wrong("excludes channels: the list stands in one of the two")
		named.Broken = true
		return named, nil
	}
	nothing := named
	nothing.Node, nothing.Broken = nil, true
	named.Refers(path)
	data, err := r.list(path)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		named.Wrong("cannot be read: %v", err)
		return nothing, nil
	}
	// its name is told as it is written: what a variable stands for may be a secret
	name := named.Node.Value
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(r.source.Name), name)
	}
	src := yamlfile.Source{Name: name, Folder: filepath.Dir(path), Env: r.source.Env, Open: r.source.Open}
	root, ok := src.Read(data)
	if !ok {
		root.Broken = true
		return root, root.File
	}
	if root.Node != nil && root.Node.Kind == yaml.SequenceNode {
		root.At = "channels"
		return root, root.File
	}
	fields, ok := root.Fields("channels")
	if !ok {
		root.Broken = true
		return root, root.File
	}
	return fields["channels"], root.File
}

// Name is what a channel of a file is called, and its network.
type Name struct{ ID, Network string }

// Names are the channels of a file with their networks, in the file's order. It is for a shell that completes a command line, so mistakes
// in the file do not matter: a channel with an impossible id is left out, and a file that cannot be read has no names. It opens
// only the file and the one that channels_file names, and resolves no reference.
func Names(path string) []Name {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil
	}
	nobody := func(string) (string, bool) { return "", false }
	nothing := func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	r := &reader{source: yamlfile.Source{Name: path, Folder: filepath.Dir(path), Env: nobody, Open: nothing}, list: yamlfile.ReadFile}
	root, ok := r.source.Read(data)
	if !ok {
		return nil
	}
	top, _ := root.Fields("channels", "channels_file")
	list, _ := r.listed(top)
	var names []Name
	for _, item := range list.Items() {
		f, _ := item.Fields("id", "network")
		if id := f["id"].Node; id != nil && channelID.MatchString(id.Value) {
			n := Name{ID: id.Value}
			if network := f["network"].Node; network != nil {
				n.Network = network.Value
			}
			names = append(names, n)
		}
	}
	return names
}
